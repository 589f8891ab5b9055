"""What is watched of a promoted model's answers, and the bounds beyond which it is rolled back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from math import log2, sqrt
from statistics import fmean, median, pvariance
from typing import Any

from sqlmodel import Session

from core.outside_text import is_blank
from core.promotion.refusals import refuses
from core.store.answer_samples import SampledAnswer, sampled_answers, thumbs
from core.store.promotions import PromotionReach

BEFORE = timedelta(days=7)
"""The answers of so long before a promotion are what the new ones are compared with."""

ENOUGH_ANSWERS, ENOUGH_THUMBS, ENOUGH_PEOPLE = 100, 30, 5
"""Answers, thumbs, and people behind either, of each model before anything is said about them."""

MORE_DOWN, MORE_UNANSWERED = 0.10, 0.05
"""By how much the share of 👎 among the thumbs may grow, and that of questions that got no answer."""

CHANCE = 3.5
"""And by how many standard errors: it is looked at again and again, and chance alone shall roll nothing back."""

OCTAVE = 1.0
"""Lengths and times are compared by their binary logarithms: twice or half as much is one more or less."""

LEAST_DELAY = 2.0
"""Seconds by which answers must be slower at least, so that a quick model may become twice as quick a one."""

LEAST_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class PersonMean:
    """A figure of each of so many people: its mean over them, and its variance between them."""

    value: float = 0.0
    variance: float = 0.0
    number: int = 0


@dataclass(frozen=True, slots=True)
class AnswerQuality:
    """What can be counted of many answers: thumbs, those that are `unanswered` (refused, failed or empty), and how many
    of the others were `timed`.

    Each person has one say, however much they ask and rate. `down_share` is the share of 👎 among a person's thumbs,
    `unanswered_share` that of their questions without an answer. `length` and `time` are the binary logarithms of the
    median length (in characters) and time (in seconds) of the answers to a person.
    """

    answers: int = 0
    up: int = 0
    down: int = 0
    unanswered: int = 0
    timed: int = 0
    down_share: PersonMean = PersonMean()
    unanswered_share: PersonMean = PersonMean()
    length: PersonMean = PersonMean()
    time: PersonMean = PersonMean()

    def record(self) -> Mapping[str, Any]:
        """The figures as they are stored."""
        return asdict(self)


def recorded(record: Mapping[str, Any]) -> AnswerQuality | None:
    """The figures that were stored; None if they were counted in another way, by another version."""
    if record.keys() != {one.name for one in fields(AnswerQuality)}:
        return None
    means = {name: PersonMean(**value) for name, value in record.items() if isinstance(value, Mapping)}
    return AnswerQuality(**{**record, **means})


def week_before(at: datetime) -> datetime:
    """Since when answers are compared with those after a time."""
    return at - BEFORE


def qualities(
    session: Session, models: Collection[str], since: datetime, until: datetime, where: PromotionReach
) -> AnswerQuality:
    """The figures of the newest answers of models, in the communities where a promotion holds."""
    found = sampled_answers(session, models, since, until, where)
    said = [one for one in found if not unanswered(one)]
    timed = [(one.person_id, one.seconds) for one in said if one.seconds is not None]
    people = thumbs(session, [one.id for one in found])
    return AnswerQuality(
        answers=len(found),
        up=sum(one.up for one in people),
        down=sum(one.down for one in people),
        unanswered=len(found) - len(said),
        timed=len(timed),
        down_share=_mean([one.down / (one.up + one.down) for one in people]),
        unanswered_share=_mean(map(fmean, _by_person((one.person_id, unanswered(one)) for one in found))),
        length=_typical((one.person_id, one.characters) for one in said),
        time=_typical((person, max(seconds, LEAST_SECONDS)) for person, seconds in timed),
    )


def unanswered(answer: SampledAnswer) -> bool:
    """Whether a question got no answer: it failed, is empty, or refuses."""
    return answer.state != "complete" or is_blank(answer.opening) or refuses(answer.opening)


def _by_person(figures: Iterable[tuple[str | None, float]]) -> Collection[Sequence[float]]:
    """The figures of each person. Those who are forgotten count as one."""
    found: dict[str | None, list[float]] = {}
    for person, figure in figures:
        found.setdefault(person, []).append(figure)
    return found.values()


def _typical(figures: Iterable[tuple[str | None, float]]) -> PersonMean:
    return _mean(log2(median(theirs)) for theirs in _by_person(figures))


def _mean(figures: Iterable[float]) -> PersonMean:
    each = list(figures)
    return PersonMean(round(fmean(each), 6), round(pvariance(each), 6), len(each)) if each else PersonMean()


def worse(before: AnswerQuality, after: AnswerQuality) -> str:
    """What has become worse beyond its bound, with the figures; empty if nothing has, or if there is not enough.

    Compares people, not thumbs or answers: whoever gives or asks for many says no more than others do, and rolls
    nothing back alone.
    """
    lines = (_thumbs, _unanswered, _length, _time)
    return "; ".join(filter(None, (line(before, after) for line in lines)))


def _thumbs(before: AnswerQuality, after: AnswerQuality) -> str:
    was, now = before.down_share, after.down_share
    if min(one.up + one.down for one in (before, after)) < ENOUGH_THUMBS or not _grown(was, now, MORE_DOWN):
        return ""
    return f"👎 among a person's thumbs, on average: {_share(now)}, before {_share(was)}"


def _unanswered(before: AnswerQuality, after: AnswerQuality) -> str:
    was, now = before.unanswered_share, after.unanswered_share
    if min(one.answers for one in (before, after)) < ENOUGH_ANSWERS or not _grown(was, now, MORE_UNANSWERED):
        return ""
    return f"refused or failed of a person's questions, on average: {_share(now)}, before {_share(was)}"


def _length(before: AnswerQuality, after: AnswerQuality) -> str:
    was, now = before.length, after.length
    enough = min(one.answers - one.unanswered for one in (before, after)) >= ENOUGH_ANSWERS
    if not enough or not (_grown(was, now, OCTAVE) or _grown(now, was, OCTAVE)):
        return ""
    return f"length: {2**now.value:.0f} characters, before {2**was.value:.0f}"


def _time(before: AnswerQuality, after: AnswerQuality) -> str:
    was, now = 2**before.time.value, 2**after.time.value
    enough = min(before.timed, after.timed) >= ENOUGH_ANSWERS
    if not enough or now <= was + LEAST_DELAY or not _grown(before.time, after.time, OCTAVE):
        return ""
    return f"time: {now:.1f} s, before {was:.1f} s"


def _share(one: PersonMean) -> str:
    return f"{one.value:.0%} ({one.number} people)"


def _grown(was: PersonMean, now: PersonMean, most: float) -> bool:
    """Whether a figure of enough people has grown by more than a bound, and by more than chance would have it if
    nothing had changed.
    """
    both = (was, now)
    if min(one.number for one in both) < ENOUGH_PEOPLE:
        return False
    number, grown = was.number + now.number, now.value - was.value
    together = sum(one.value * one.number for one in both) / number
    alike = sum(one.number * (one.variance + (one.value - together) ** 2) for one in both) / number
    # Soon after a promotion people have asked little, so that they differ more than those of the week before.
    own = sum(one.variance / (one.number - 1) for one in both)
    return grown > most and grown > CHANCE * sqrt(max(own, alike * (1 / was.number + 1 / now.number)))
