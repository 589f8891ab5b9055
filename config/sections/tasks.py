"""The settings for labeling tasks."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from config.sections.section import SettingsSection
from core.labeling.rules.limits import PROFILES_OF_RULES, WEIGHTS, LabelingRules
from core.labeling.rules.tree import TreeLimits

LIMITS = {field.name: type(getattr(TreeLimits(), field.name)) for field in dataclasses.fields(TreeLimits)}
FIGURES = {
    field.name: type(value)
    for field in dataclasses.fields(LabelingRules)
    if field.name != "trust_weights" and isinstance(value := getattr(LabelingRules(), field.name), int | float)
}
"""The single numbers for trees and tasks that `limits` can set, each with its type. (`trust_weights` is a setting.)"""


MOST = 1_000_000


class TaskSettings(SettingsSection):
    enabled: bool
    profile: Literal["small", "open-assistant"]
    score: Literal["", "agreement", "open-assistant"]
    trust_weights: bool
    alternatives: int = Field(ge=0, le=3)
    from_chats: bool
    limits: Mapping[str, float | bool] = {}
    weights: Mapping[str, float] = {}

    @model_validator(mode="after")
    def _known(self) -> "TaskSettings":
        for name, given, known in (
            ("limits", self.limits, {*LIMITS, *FIGURES}),
            ("weights", self.weights, set(WEIGHTS)),
        ):
            if strange := sorted(set(given) - known):
                raise ValueError(f"{name}: there is no {strange[0]!r}; choose from {', '.join(sorted(known))}")
        for name, value in self.limits.items():
            _check(name, value, {**LIMITS, **FIGURES}[name])
        for name, value in self.weights.items():
            if not 0 <= value <= MOST:
                raise ValueError(f"weights.{name} is {value}, and must be from 0 to {MOST}")
        if set(self.weights) == set(WEIGHTS) and not any(self.weights.values()):
            raise ValueError("weights: one of them at least must be above 0")
        return self


def _check(name: str, value: float | bool, kind: type) -> None:
    """Raise ValueError if a figure has the wrong kind or is out of its range. All fractions are shares of one."""
    if (kind is bool) is not isinstance(value, bool):
        raise ValueError(f"limits.{name} is {'true or false' if kind is bool else 'a number'}, and not {value!r}")
    if kind is int and value != int(value):
        raise ValueError(f"limits.{name} is {value}, and must be a whole number")
    most = MOST if kind is int else 1
    if not 0 <= value <= most:
        raise ValueError(f"limits.{name} is {value}, and must be from 0 to {most}")


def task_rules(settings: TaskSettings) -> LabelingRules:
    """Return the figures for labeling: a profile's, overridden by the single ones that somebody has set."""
    profile = PROFILES_OF_RULES[settings.profile]
    limits: dict[str, Any] = {name: LIMITS[name](value) for name, value in settings.limits.items() if name in LIMITS}
    figures: dict[str, Any] = {name: FIGURES[name](value) for name, value in settings.limits.items() if name in FIGURES}
    return dataclasses.replace(
        profile,
        **figures,
        trust_weights=settings.trust_weights,
        limits=dataclasses.replace(profile.limits, **limits),
        weights={kind: settings.weights.get(kind, usual) for kind, usual in profile.weights.items()},
        score=settings.score or profile.score,
    )
