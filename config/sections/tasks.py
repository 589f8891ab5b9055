"""The settings for labeling tasks."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal, LiteralString

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from config.sections.section import SettingsSection
from core.labeling.rules.defaults import PROFILES, WEIGHTS, LabelingRules, TreeLimits

LIMITS = {field.name: type(getattr(TreeLimits(), field.name)) for field in dataclasses.fields(TreeLimits)}
FIGURES = {
    field.name: type(value)
    for field in dataclasses.fields(LabelingRules)
    if field.name != "trust_weights" and isinstance(value := getattr(LabelingRules(), field.name), int | float)
}
"""The numbers for trees and tasks that `limits` can set, with their types. `trust_weights` is a setting of its own."""


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

    @field_validator("limits", "weights", mode="before")
    @classmethod
    def _figures(cls, given: object, info: ValidationInfo) -> object:
        kinds = {**LIMITS, **FIGURES} if info.field_name == "limits" else dict.fromkeys(WEIGHTS, Weight)
        if not isinstance(given, Mapping):
            return given
        if strange := sorted(set(given) - set(kinds)):
            raise ValueError(f"there is no {strange[0]!r}; choose from {', '.join(sorted(kinds))}")
        found = [(name, value, words) for name, value in given.items() if (words := _fault(value, kinds[name]))]
        if found:
            faults = [
                InitErrorDetails(type=PydanticCustomError("figure", words), loc=(n,), input=v) for n, v, words in found
            ]
            raise ValidationError.from_exception_data("figures", faults)
        return given

    @model_validator(mode="after")
    def _some(self) -> "TaskSettings":
        if set(self.weights) == set(WEIGHTS) and not any(self.weights.values()):
            raise ValueError("weights: one of them at least must be above 0")
        return self


class Weight(float):
    """A number that is not a share of one."""


def _fault(value: object, kind: type) -> LiteralString:
    """The fault of a figure; empty if there is none. All fractions but weights are shares of one."""
    if kind is bool or isinstance(value, bool) or not isinstance(value, int | float):
        number = "it is a number, written without quotes"
        return ("" if isinstance(value, bool) else "it is true or false") if kind is bool else number
    if not 0 <= value <= (1 if kind is float else MOST):
        return "it must be from 0 to 1" if kind is float else "it must be from 0 to 1000000"
    return "it must be a whole number" if kind is int and value != int(value) else ""


def task_rules(settings: TaskSettings) -> LabelingRules:
    """Return the figures for labeling: a profile's, overridden by the single ones that somebody has set."""
    profile = PROFILES[settings.profile]
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
