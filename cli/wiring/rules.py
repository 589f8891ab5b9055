"""Turns the settings into the rules of the core and of labeling."""

from datetime import timedelta

from config.guidelines import guidelines
from config.labels import labels, reasons
from config.languages import data_language, languages
from config.presets import presets
from config.sections.tasks import task_rules
from config.settings import ParleySettings
from core.answering.answer_options import Persona
from core.commands.privacy import DataTerms
from core.limits import AnswerLimits
from core.wiring import CoreRules, LabelingParts


def rules(settings: ParleySettings, *, small_model: bool) -> CoreRules:
    """The core's rules from the settings: personas, presets, terms and limits."""
    return CoreRules(
        personas={name: Persona(persona.name, persona.text) for name, persona in settings.personas.items()},
        presets=presets(),
        terms=DataTerms(settings.terms.version, settings.terms.text, settings.terms.link),
        reasons=reasons(),
        labels=labels("assistant_reply"),
        report_labels=labels("report"),
        language=settings.language,
        limits=AnswerLimits(
            answers=settings.limits.answers,
            community_answers=settings.limits.community_answers,
            window=timedelta(minutes=settings.limits.minutes),
            characters=settings.limits.characters,
        ),
        small_model=small_model,
    )


def work(settings: ParleySettings) -> LabelingParts | None:
    """The set-up of labeling tasks; None if the settings switch tasks off."""
    if not settings.tasks.enabled:
        return None
    return LabelingParts(
        task_rules(settings.tasks), languages(), data_language, guidelines(), settings.tasks.from_chats
    )
