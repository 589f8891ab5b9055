"""Answers with a thumb each, as TRL's KTO trainer reads them (spec/labeling.md 3): prompt, completion, label."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlmodel import Session

from core.export.consent import Counts
from core.export.oasst import Ids, dumps
from core.export.trees import Fetch, Node
from core.store import conversations

ROLES = {"prompter": "user", "assistant": "assistant"}

AT_ONCE = 16
"""Prompts that are fetched together."""

ENOUGH = 2
"""Votes of a majority that count without the vote of whoever asked."""


def rows(nodes: Iterator[Node], fetch: Fetch, ids: Ids, counts: Counts, terms: str | None = None) -> Iterator[str]:
    """One line for each answer whose ratings decide; with `terms`, each has a `meta` object that trainers ignore.

    The prompt is the path to the answer, as far back as the assistant itself may look.
    """
    decided = _decided(nodes, counts)
    while batch := list(islice(decided, AT_ONCE)):
        for (node, label), prompt in zip(batch, fetch(_prompts(batch)), strict=True):
            row = {
                "prompt": [{"role": ROLES[turn.role], "content": turn.text} for turn in prompt],
                "completion": [{"role": "assistant", "content": node.text}],
                "label": label,
            }
            if terms:
                row["meta"] = _meta(node, prompt, ids, terms)
            counts.rows += 1
            yield dumps(row) + "\n"


def verdict(node: Node) -> bool | None:
    """What the votes say of an answer: the majority, with the vote of whoever asked to break a tie.

    None where that is too little: nobody who asked, and no lead of two.
    """
    score = sum(vote.value for vote in node.votes)
    asker = next((vote.value for vote in node.votes if vote.person_id == node.person_id), 0)
    if not asker and abs(score) < ENOUGH:
        return None
    return (score or asker) > 0


def flagged(node: Node) -> bool:
    """Whether the raters say that it must not train anything: mostly spam, or anybody's personal data."""
    named = [name for vote in node.votes for name in vote.labels]
    return "pii" in named or named.count("spam") * 2 > len(node.votes)


def weights(counts: Counts) -> tuple[float, float]:
    """TRL's `desirable_weight` and `undesirable_weight` that even out the thumbs: it wants 1:1 to 4:3."""
    if not counts.good or not counts.bad:
        return 1.0, 1.0
    if counts.good < counts.bad:
        return round(counts.bad / counts.good, 2), 1.0
    if counts.good * 3 > counts.bad * 4:
        return 1.0, round(counts.good / counts.bad, 2)
    return 1.0, 1.0


def _decided(nodes: Iterator[Node], counts: Counts) -> Iterator[tuple[Node, bool]]:
    for node in nodes:
        if node.role != "assistant":
            continue
        label = verdict(node)
        if label is None:
            counts.left_out["undecided" if node.votes else "unrated"] += 1
        elif flagged(node):
            counts.left_out["flagged"] += 1
        else:
            counts.good += label
            counts.bad += not label
            yield node, label


def _prompts(batch: Sequence[tuple[Node, bool]]) -> Any:
    def unit(session: Session) -> list[list[conversations.Spoken]]:
        return [_prompt(session, node) for node, _ in batch]

    return unit


def _prompt(session: Session, node: Node) -> list[conversations.Spoken]:
    path = conversations.path(session, node.parent_id or "")
    turns = [conversations.Spoken(turn.id, turn.role, turn.text, turn.depth) for turn in path]
    # What was cut off at the beginning leaves a question first: chat templates refuse anything else.
    return turns[1:] if turns[0].role == "assistant" else turns


def _meta(node: Node, prompt: Sequence[conversations.Spoken], ids: Ids, terms: str) -> dict[str, Any]:
    return {
        "tree_id": ids("message", node.tree_id),
        "message_ids": [ids("message", message_id) for message_id in (*(turn.id for turn in prompt), node.id)],
        "lang": node.lang,
        "source_platform": node.platform,
        "model_name": node.model,
        "n_votes": len(node.votes),
        "margin": sum(vote.value for vote in node.votes),
        "consent_version": terms,
    }
