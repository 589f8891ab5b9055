"""The two answers of a round as a transcript shows them: side by side until somebody has voted, and blind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, col

from core.actions import Verb, button_action
from core.answering.turns import key_of_answer
from core.messages import Button
from core.store import arena, outbox
from core.store.arena_tables import ArenaRoundRow
from core.texts import LocalizedTexts

VOTES = ("a", "b", "good", "bad")

Letter = Literal["A", "B"]


@dataclass(frozen=True, slots=True)
class ComparedAnswers:
    """The answers of a round; B is not there while A is being written. One may vote once the round is `open`."""

    round_id: str
    open: bool
    a: str
    b: str | None

    @property
    def lettered(self) -> Mapping[str, Letter]:
        """The letters of the answers, by their ids, A first."""
        return {self.a: "A", self.b: "B"} if self.b else {self.a: "A"}


def undecided(session: Session, conversation_id: str) -> Mapping[str, ComparedAnswers]:
    """The pairs of a conversation between which nobody has chosen yet, by the ids of their answers."""
    found = arena.undecided(session, col(ArenaRoundRow.conversation_id) == conversation_id)
    pairs = [pair for kept in found if (pair := _pair(session, kept))]
    return {answer: pair for pair in pairs for answer in pair.lettered}


def _pair(session: Session, kept: ArenaRoundRow) -> ComparedAnswers | None:
    a, b = kept.a_id or _written(session, kept.event_key), kept.b_id or _written(session, second_key(kept.event_key))
    return ComparedAnswers(kept.id, kept.state == "open", a, b) if a else None


def _written(session: Session, event_key: str) -> str | None:
    shown = outbox.find(session, key_of_answer(event_key))
    return shown.message_id if shown else None


def second_key(event_key: str) -> str:
    """The key of what asks for B, by that of what asked for A."""
    return f"{event_key}#b"


def vote_buttons(texts: LocalizedTexts, language: str, round_id: str) -> tuple[Button, ...]:
    """The buttons to choose between A and B."""
    return tuple(
        Button(button_action(Verb.ARENA_VOTE, round_id, vote), texts(language, f"arena-vote-{vote}")) for vote in VOTES
    )
