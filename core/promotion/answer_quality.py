"""What is watched of a promoted model's answers, and the bounds beyond which it is rolled back."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import mean, median, pvariance
from typing import Any

from sqlmodel import Session

from core.outside_text import is_blank
from core.promotion.refusals import refuses
from core.store.answer_samples import SampledAnswer, sampled_answers, thumbs
from core.store.promotions import PromotionReach

BEFORE = timedelta(days=7)
"""The answers of so long before a promotion are what the new ones are compared with."""

ENOUGH_ANSWERS, ENOUGH_THUMBS, ENOUGH_PEOPLE = 100, 30, 5
"""Answers, thumbs, and people who gave these, of each model before anything is said about them."""

MORE_DOWN, MORE_UNANSWERED = 0.10, 0.05
"""By how much the share of 👎 among the thumbs may grow, and that of questions that got no answer."""

CHANCE = 3.5
"""And by how many standard errors: it is looked at again and again, and chance alone shall roll nothing back."""

SHORTER, LONGER, SLOWER = 0.5, 2.0, 2.0
"""The median length and the median time of an answer, as a multiple of what they were."""

LEAST_DELAY = 2.0
"""Seconds by which answers must be slower at least, so that a quick model may become twice as quick a one."""


@dataclass(frozen=True, slots=True)
class AnswerQuality:
    """What can be counted of many answers: thumbs, those that refused, failed or were empty, and the median length (in
    characters) and time (in seconds) of the others; None where there are none.

    So many `people` gave the thumbs. `down_share` is the share of 👎 among a person's thumbs, on average over them, and
    `down_variance` how much it varies between them.
    """

    answers: int = 0
    up: int = 0
    down: int = 0
    people: int = 0
    down_share: float = 0.0
    down_variance: float = 0.0
    unanswered: int = 0
    characters: float | None = None
    seconds: float | None = None
    timed: int = 0

    def record(self) -> Mapping[str, Any]:
        """The figures as they are stored."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MeasuredShare:
    """A share as the mean of so many observations, and their variance."""

    value: float
    variance: float
    number: int


def week_before(at: datetime) -> datetime:
    """Since when answers are compared with those after a time."""
    return at - BEFORE


def qualities(
    session: Session, models: Collection[str], since: datetime, until: datetime, where: PromotionReach
) -> AnswerQuality:
    """The figures of the newest answers of models, in the communities where a promotion holds."""
    found = sampled_answers(session, models, since, until, where)
    said = [one for one in found if not unanswered(one)]
    people = thumbs(session, [one.id for one in found])
    shares = [one.down / (one.up + one.down) for one in people]
    times = [one.seconds for one in said if one.seconds is not None]
    return AnswerQuality(
        answers=len(found),
        up=sum(one.up for one in people),
        down=sum(one.down for one in people),
        people=len(people),
        down_share=round(mean(shares), 6) if shares else 0.0,
        down_variance=round(pvariance(shares), 6) if shares else 0.0,
        unanswered=len(found) - len(said),
        characters=median(one.characters for one in said) if said else None,
        seconds=round(median(times), 3) if times else None,
        timed=len(times),
    )


def unanswered(answer: SampledAnswer) -> bool:
    """Whether a question got no answer: it failed, is empty, or refuses."""
    return answer.state != "complete" or is_blank(answer.opening) or refuses(answer.opening)


def worse(before: AnswerQuality, after: AnswerQuality) -> str:
    """What has become worse beyond its bound, with the figures; empty if nothing has, or if there is not enough."""
    return "; ".join(filter(None, (_thumbs(before, after), _unanswered(before, after), *_medians(before, after))))


def _thumbs(before: AnswerQuality, after: AnswerQuality) -> str:
    """Compares people, not thumbs: whoever gives many says no more than others do, and rolls nothing back alone."""
    both = (before, after)
    if min(one.up + one.down for one in both) < ENOUGH_THUMBS or min(one.people for one in both) < ENOUGH_PEOPLE:
        return ""
    was, now = (MeasuredShare(one.down_share, one.down_variance, one.people) for one in both)
    if not _grown(was, now, MORE_DOWN):
        return ""
    what = "👎 among a person's thumbs, on average"
    return f"{what}: {now.value:.0%} ({now.number} people), before {was.value:.0%} ({was.number} people)"


def _unanswered(before: AnswerQuality, after: AnswerQuality) -> str:
    both = (before, after)
    if min(one.answers for one in both) < ENOUGH_ANSWERS:
        return ""
    was, now = (_counted(one.unanswered, one.answers) for one in both)
    if not _grown(was, now, MORE_UNANSWERED):
        return ""
    return f"refused or failed: {now.value:.0%} of {now.number}, before {was.value:.0%} of {was.number}"


def _counted(count: int, number: int) -> MeasuredShare:
    share = count / number
    return MeasuredShare(share, share * (1 - share), number)


def _grown(was: MeasuredShare, now: MeasuredShare, most: float) -> bool:
    """Whether a share has grown by more than a bound, and by more than chance would have it if nothing had changed."""
    number, grown = was.number + now.number, now.value - was.value
    together = (was.value * was.number + now.value * now.number) / number
    variance = sum(one.number * (one.variance + (one.value - together) ** 2) for one in (was, now)) / number
    return grown > most and grown > CHANCE * sqrt(variance * (1 / was.number + 1 / now.number))


def _medians(before: AnswerQuality, after: AnswerQuality) -> tuple[str, str]:
    length = time = ""
    said = [one.answers - one.unanswered for one in (before, after)]
    if min(said) >= ENOUGH_ANSWERS and before.characters and after.characters is not None:
        ratio = after.characters / before.characters
        if not SHORTER <= ratio <= LONGER:
            length = f"length: {after.characters:.0f} characters, before {before.characters:.0f}"
    was, now = before.seconds, after.seconds
    timed = min(before.timed, after.timed) >= ENOUGH_ANSWERS
    if timed and was is not None and now is not None and now > max(SLOWER * was, was + LEAST_DELAY):
        time = f"time: {now:.1f} s, before {was:.1f} s"
    return length, time
