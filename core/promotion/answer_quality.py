"""What is watched of a promoted model's answers, and the bounds beyond which it is rolled back."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import median
from typing import Any

from sqlmodel import Session

from core.outside_text import is_blank
from core.promotion.refusals import refuses
from core.store.answer_samples import SampledAnswer, sampled_answers, thumbs
from core.store.promotions import PromotionReach

BEFORE = timedelta(days=7)
"""The answers of so long before a promotion are what the new ones are compared with."""

ENOUGH_ANSWERS, ENOUGH_THUMBS = 100, 30
"""Answers, and thumbs, of each model before anything is said about them."""

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
    """

    answers: int = 0
    up: int = 0
    down: int = 0
    unanswered: int = 0
    characters: float | None = None
    seconds: float | None = None
    timed: int = 0

    def record(self) -> Mapping[str, Any]:
        """The figures as they are stored."""
        return asdict(self)


def week_before(at: datetime) -> datetime:
    """Since when answers are compared with those after a time."""
    return at - BEFORE


def qualities(
    session: Session, models: Collection[str], since: datetime, until: datetime, where: PromotionReach
) -> AnswerQuality:
    """The figures of the newest answers of models, in the communities where a promotion holds."""
    found = [one for one in sampled_answers(session, models, since, until) if where.includes(one.community_id)]
    said = [one for one in found if not unanswered(one)]
    up, down = thumbs(session, [one.id for one in found])
    times = [one.seconds for one in said if one.seconds is not None]
    return AnswerQuality(
        answers=len(found),
        up=up,
        down=down,
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
    numbers = (before.up + before.down, after.up + after.down)
    if min(numbers) < ENOUGH_THUMBS:
        return ""
    return _grown("👎 among the thumbs", (before.down, after.down), numbers, MORE_DOWN)


def _unanswered(before: AnswerQuality, after: AnswerQuality) -> str:
    numbers = (before.answers, after.answers)
    if min(numbers) < ENOUGH_ANSWERS:
        return ""
    return _grown("refused or failed", (before.unanswered, after.unanswered), numbers, MORE_UNANSWERED)


def _grown(what: str, counts: tuple[int, int], numbers: tuple[int, int], most: float) -> str:
    """The words for a share that has grown by more than a bound, and by more than chance would have it."""
    was, now = counts[0] / numbers[0], counts[1] / numbers[1]
    pooled = sum(counts) / sum(numbers)
    error = sqrt(pooled * (1 - pooled) * (1 / numbers[0] + 1 / numbers[1]))
    if now - was <= most or now - was <= CHANCE * error:
        return ""
    return f"{what}: {now:.0%} of {numbers[1]}, before {was:.0%} of {numbers[0]}"


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
