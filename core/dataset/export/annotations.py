"""Writes what people said about a message the way Open Assistant's files do: labels, emojis and events."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import Any

from core.dataset.export.nodes import ExportedMessage, ExportedRanking, ExportedSkip, ExportedVote
from core.labeling.rules.vocabulary import LABELS, RANKS

MERITS = frozenset({"quality", "helpfulness", "creativity", "humor"})
"""Labels that are scales with praise at the high end; a thumb says which end is meant. Other labels state a fact."""

REPORTS = frozenset(
    {
        *("spam", "not_appropriate", "pii", "hate_speech", "sexual_content", "moral_judgement", "political_content"),
        *("toxicity", "violence", "quality"),
    }
)
"""The labels of a report (docs/reference/open-assistant.md 1.10)."""

Labels = dict[str, dict[str, Any]]
"""Labels by name; for each, the mean `value` over the `count` people who could have given it."""

UNSAID = "unsaid"
"""The reason of a skip for which nobody gave one."""

NOBODYS = {"value": None, "count": 0}

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PseudonymIds:
    """Hides ids with SHA-256 and a secret seed, as Open Assistant does; without a seed, ids stay as they are."""

    seed: str | None = None

    def __call__(self, kind: str, plain: str) -> str:
        return sha256(f"{kind}:{plain}{self.seed}".encode()).hexdigest() if self.seed else plain


def labels(node: ExportedMessage) -> Labels:
    """For each label, the mean over those who gave or denied it, here and in an imported file.

    A flag is denied by those who saw it and left it out: see `core.labeling.rules.review_modes`. A person who rated an
    answer in a chat without naming a flag counts as denying it. A scale that was left open is not counted.
    """
    found: Labels = dict(node.imported.get("labels", {}))
    given = _values(node.statements)
    for name, values in _values(_explained(vote) for vote in node.votes).items():
        denials = 0 if name in MERITS else len(node.votes) - len(values)
        given.setdefault(name, []).extend([*values, *[0.0] * denials])
    for name, values in sorted(given.items()):
        before = found.get(name, NOBODYS)
        known = before["count"] if before["value"] is not None else 0
        count = known + len(values)
        found[name] = {"value": ((before["value"] or 0.0) * known + sum(values)) / count, "count": count}
    return found


def shares(node: ExportedMessage) -> dict[str, float]:
    """How far each label applies, from 0 to 1."""
    return {name: one["value"] for name, one in labels(node).items() if one["value"] is not None}


def given_counts(node: ExportedMessage) -> dict[str, int]:
    """For each label, how many people gave it a value themselves, here and in an imported file."""
    before = {name: one["count"] for name, one in node.imported.get("labels", {}).items()}
    here = Counter(chain.from_iterable(one.labels for one in node.reviews))
    here.update(chain.from_iterable(one.labels for one in node.votes))
    return {name: before.get(name, 0) + here[name] for name in sorted({*before, *here})}


def review_modes(node: ExportedMessage) -> dict[str, int]:
    """The number of reviews by mode: by one tap, in a form, or without a task."""
    return dict(sorted(Counter(review.mode for review in node.reviews).items()))


def _values(said: Iterable[Mapping[str, float]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for labels in said:
        for name, value in labels.items():
            found.setdefault(name, []).append(value)
    return found


def _explained(vote: ExportedVote) -> Mapping[str, float]:
    """The labels that explain a thumb, which says which end of a scale is meant."""
    return {name: 0.0 if name in MERITS and vote.value < 0 else 1.0 for name in vote.labels}


def emojis(node: ExportedMessage) -> dict[str, int]:
    """The numbers of thumbs, flags and skips under Open Assistant's names, including those from an imported file."""
    given = {
        "+1": sum(vote.value > 0 for vote in node.votes),
        "-1": sum(vote.value < 0 for vote in node.votes),
        # A message held back by a filter is stored as a report by its own author, which does not count.
        "red_flag": sum(report.person_id != node.person_id for report in node.reports),
        **Counter(skip_emoji(skip) for skip in node.skips),
    }
    found: dict[str, int] = dict(node.imported.get("emojis", {}))
    for name, number in given.items():
        if number:
            found[name] = found.get(name, 0) + number
    return found


def skip_emoji(skip: ExportedSkip) -> str:
    """Open Assistant's name for a skip: it keeps them as hidden emojis."""
    return "_skip_labeling" if skip.kind in LABELS else "_skip_ranking" if skip.kind in RANKS else "_skip_reply"


def skip_counts(node: ExportedMessage) -> dict[str, dict[str, int]]:
    """The numbers of people who skipped a task about a message, by the kind of task and the reason."""
    found: dict[str, Counter[str]] = {}
    for skip in node.skips:
        found.setdefault(skip.kind, Counter())[skip.reason or UNSAID] += 1
    return {kind: dict(sorted(found[kind].items())) for kind in sorted(found)}


def review_count(node: ExportedMessage) -> int:
    """The number of reviews of a message, here and in the file that it was imported from."""
    before: int = node.imported.get("review_count", 0)
    return before + sum(review.counted for review in node.reviews)


def events(node: ExportedMessage, ids: PseudonymIds) -> dict[str, list[Event]]:
    """The events of a message by type: thumbs as scores, complaints as reports, skips as emojis, rankings as given.

    Events from an imported file are included.
    """
    before: Mapping[str, list[Event]] = node.imported.get("events", {})
    found = {kind: [_hidden(event, ids) for event in listed] for kind, listed in before.items()}
    rankings = (_ranking(node, one, ids) for one in node.rankings)
    for event in chain(_scores(node, ids), _reports(node, ids), _skips(node, ids), rankings):
        found.setdefault(event["type"], []).append(event)
    return found


def _scores(node: ExportedMessage, ids: PseudonymIds) -> Iterator[Event]:
    for vote in node.votes:
        yield {"type": "score", "user_id": ids("user", vote.person_id), "score": vote.value}


def _reports(node: ExportedMessage, ids: PseudonymIds) -> Iterator[Event]:
    said = [(vote.person_id, vote.labels, vote.comment) for vote in node.votes if vote.value < 0]
    said += [(report.person_id, report.labels, report.comment) for report in node.reports]
    for person_id, named, comment in said:
        for name in named:
            if name in REPORTS:
                user = ids("user", person_id)
                yield {"type": "report", "user_id": user, "report_type": name, "reason": comment}


def _skips(node: ExportedMessage, ids: PseudonymIds) -> Iterator[Event]:
    # The format has neither the kind of task nor a reason, so they go into fields of their own.
    for skip in node.skips:
        user = ids("user", skip.person_id)
        yield {"type": "emoji", "user_id": user, "emoji": skip_emoji(skip), "task": skip.kind, "reason": skip.reason}


def _ranking(node: ExportedMessage, ranks: ExportedRanking, ids: PseudonymIds) -> Event:
    order = [id for group in ranks.groups for id in group]
    event: Event = {
        "type": "ranking",
        "user_id": ids("user", ranks.person_id),
        "ranking": [ranks.shown.index(id) for id in order if id in ranks.shown],
        "ranked_message_ids": [ids("message", id) for id in order],
        "ranking_parent_id": ids("message", node.id),
        "message_tree_id": ids("message", node.tree_id),
    }
    if ranks.not_rankable:
        event["not_rankable"] = True
    if any(len(group) > 1 for group in ranks.groups):
        # The format has no ties, so ours go into a field of their own.
        event["tied_message_ids"] = [[ids("message", id) for id in group] for group in ranks.groups if len(group) > 1]
    return event


HIDDEN: Mapping[str, str] = {
    "user_id": "user",
    "ranked_message_ids": "message",
    "tied_message_ids": "message",
    "ranking_parent_id": "message",
    "message_tree_id": "message",
}
"""The fields of an event that hold ids, and the kind of thing that each id stands for."""


def _hidden(event: Event, ids: PseudonymIds) -> Event:
    return {name: _each(value, ids, HIDDEN[name]) if name in HIDDEN else value for name, value in event.items()}


def _each(value: Any, ids: PseudonymIds, kind: str) -> Any:
    if isinstance(value, list):
        return [_each(one, ids, kind) for one in value]
    return ids(kind, value) if isinstance(value, str) else value
