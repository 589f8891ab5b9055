"""Exports votes: in LMArena's columns, or as pairs for TRL's preference trainers; through the gates of every export."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal

from core.dataset.export.consent import ConsentGate
from core.dataset.export.counts import ExportCounts
from core.dataset.export.files import lines
from core.dataset.export.nodes import ExportedMessage, ExportedOpinion
from core.dataset.export.options import ExportOptions
from core.dataset.export.pieces import USUAL_PIECES
from core.dataset.export.queries import FetchUnit
from core.dataset.export.reading import ExportFormat, ExportReading
from core.dataset.export.selection import TRAINING
from core.dataset.export.worker_thread import aside
from core.dataset.formats.dialogue import Turn, to_each, turn, turns
from core.dataset.formats.oasst import dumps
from core.ports.store import Store
from core.store import arena
from core.store.arena import CastVote
from core.store.arena_tables import ArenaChoice

VoteFormat = Literal["lmarena", "trl"]
Row = dict[str, Any]

WINNERS: Mapping[ArenaChoice, str] = {"a": "model_a", "b": "model_b", "good": "tie", "bad": "tie (bothbad)"}
"""What LMArena's column `winner` says (the data set lmsys/chatbot_arena_conversations)."""


@dataclass(frozen=True, slots=True)
class ExportedArenaVote(ExportedOpinion):
    """A vote on its way into an export."""

    vote: CastVote


@dataclass(frozen=True, slots=True)
class AnswerPair:
    """The two answers of a round, which may both be exported, with the votes that may be."""

    a: ExportedMessage
    b: ExportedMessage
    votes: Sequence[CastVote]


Rows = Callable[[AnswerPair, list[Turn], ExportOptions], Iterator[Row]]


async def export_votes(
    store: Store, format: VoteFormat, path: Path, options: ExportOptions, stream: IO[bytes] | None = None
) -> ExportCounts:
    """Write votes to a file, and return the counts of what was written and left out.

    A vote is left out unless the voter and whoever wrote the question and what is above it agree to the terms, their
    sources and platforms are allowed, and nobody of them keeps the conversation to themselves. With `held_out` among
    the options, so is what that side of the split does not have, and what its people voted. Raises OperatorError if the
    file cannot be written, and StoreError if the database cannot be read.
    """
    options = replace(options, what="chats")

    def work(fetch: FetchUnit) -> ExportCounts:
        votes = fetch(arena.all_votes)

        def rows(
            nodes: Iterator[ExportedMessage], chosen: ExportOptions, counts: ExportCounts, fetched: FetchUnit
        ) -> Iterator[Row]:
            pairs = _pairs(nodes, votes, chosen, counts)
            for pair, way in to_each(pairs, lambda pair: pair.a, fetched):
                for row in ROWS[format](pair, turns(way), chosen):
                    counts.rows += 1
                    counts.note(pair.a)
                    yield row

        kind = ExportFormat(rows, frozenset(), TRAINING, careful=format == "trl", once=False)
        reading = ExportReading(fetch, kind, options, None, USUAL_PIECES)
        with lines(path, stream) as write:
            for row in reading.rows():
                write(dumps(row) + "\n")
        reading.counts.left_out = +reading.counts.left_out
        return reading.counts

    return await aside(store.read, work)


def _pairs(
    nodes: Iterator[ExportedMessage], votes: Sequence[CastVote], options: ExportOptions, counts: ExportCounts
) -> Iterator[AnswerPair]:
    """The rounds of which both answers have come, with what may be exported of their votes."""
    gate, held_out = ConsentGate(options.terms, options.switches), options.held_out
    by_answer: dict[str, list[CastVote]] = {}
    for vote in votes:
        by_answer.setdefault(vote.a_id, []).append(vote)
        by_answer.setdefault(vote.b_id, []).append(vote)
    waiting: dict[str, ExportedMessage] = {}
    for node in nodes:
        cast = by_answer.get(node.id)
        if not cast:
            continue
        first, second = cast[0].a_id, cast[0].b_id
        other = waiting.pop(second if node.id == first else first, None)
        if other is None:
            waiting[node.id] = node
            continue
        given = [
            ExportedArenaVote(one.person_id, one.terms, one.platform, one.source, one, private=one.private)
            for one in cast
        ]
        kept = [one.vote for one in gate.opinions(given, counts)]
        if held_out:
            kept = [one for one in kept if not held_out.person(one.person_id)]
        a, b = (node, other) if node.id == first else (other, node)
        if kept:
            yield AnswerPair(a, b, kept)


def _as_lmarena(pair: AnswerPair, way: list[Turn], options: ExportOptions) -> Iterator[Row]:
    """A row for each vote."""
    for vote in pair.votes:
        yield {
            "question_id": options.ids("message", pair.a.parent_id or ""),
            "model_a": pair.a.model,
            "model_b": pair.b.model,
            "winner": WINNERS[vote.choice],
            "judge": options.ids("user", vote.person_id),
            "conversation_a": [*way, turn("assistant", pair.a.text)],
            "conversation_b": [*way, turn("assistant", pair.b.text)],
            "turn": (len(way) + 1) // 2,
            "anony": True,
            "language": pair.a.lang,
            "tstamp": vote.at.timestamp(),
            "persona_a": vote.side_a["persona"],
            "persona_b": vote.side_b["persona"],
            "preset_a": vote.side_a["preset"],
            "preset_b": vote.side_b["preset"],
        }


def _as_trl(pair: AnswerPair, way: list[Turn], options: ExportOptions) -> Iterator[Row]:
    """A row for a question if more people prefer one of the answers than the other."""
    lead = sum((vote.choice == "a") - (vote.choice == "b") for vote in pair.votes)
    if lead:
        chosen, rejected = (pair.a, pair.b) if lead > 0 else (pair.b, pair.a)
        yield {
            "prompt": way,
            "chosen": [turn("assistant", chosen.text)],
            "rejected": [turn("assistant", rejected.text)],
        }


ROWS: Mapping[VoteFormat, Rows] = {"lmarena": _as_lmarena, "trl": _as_trl}
