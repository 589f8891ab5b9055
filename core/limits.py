"""How much one person and one community may ask for, and how long a message may be."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from core.errors import BusyError, UserError
from core.store import conversations
from core.store.identities import EventScene

INVISIBLE = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp", "Cn", "Co"})


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """Answers per person and per community in a window of time, and characters per message; 0 means no limit.

    `role` is the group that the person's own number comes from, if it comes from one. If an answer is chosen from
    several `drafts`, each of these counts as an answer.
    The defaults are Open Assistant's 20 answers in 600 s (docs/reference/open-assistant.md 3.2) and 8,000 characters.
    """

    answers: int = 20
    community_answers: int = 200
    window: timedelta = timedelta(minutes=10)
    characters: int = 8000
    role: str = ""
    drafts: int = 1

    @property
    def unlimited(self) -> "AnswerLimits":
        """The same without quotas."""
        return replace(self, answers=0, community_answers=0)


def check_text(text: str, limits: AnswerLimits) -> None:
    """Raise UserError if a message has nothing visible, or more characters than allowed."""
    if limits.characters and len(text) > limits.characters:
        raise UserError("message-too-long", characters=len(text), limit=limits.characters)
    if all(unicodedata.category(character) in INVISIBLE for character in text):
        raise UserError("message-empty")


def exceeded(session: Session, scene: EventScene, limits: AnswerLimits, now: datetime) -> BusyError | None:
    """The reason why this person may not have another answer now; None if they may."""
    since = now - limits.window
    if not (limits.answers or limits.community_answers):
        return None
    count = conversations.drafts_counted if limits.drafts > 1 else conversations.answers_counted
    own, everybodys = count(session, since, scene.person_id, scene.community_id)
    if limits.answers and own >= limits.answers:
        taken = conversations.drafts_since(session, since, person_id=scene.person_id)
        return BusyError("quota-person", limit=limits.answers, **_waits(limits, taken[-limits.answers], now))
    if limits.community_answers and everybodys >= limits.community_answers:
        taken = conversations.drafts_since(session, since, community_id=scene.community_id)
        oldest = taken[-limits.community_answers]
        return BusyError("quota-community", limit=limits.community_answers, **_waits(limits, oldest, now))
    return None


def _waits(limits: AnswerLimits, oldest: datetime, now: datetime) -> dict[str, int]:
    window = int(limits.window.total_seconds() // 60)
    wait = (oldest + limits.window - now).total_seconds()
    return {"window": window, "minutes": max(1, round(wait / 60))}
