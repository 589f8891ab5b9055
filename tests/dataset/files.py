"""Open Assistant's files for tests: made by chance, and checked by the lists of its own schema."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, get_args
from uuid import UUID

from core.dataset.formats.hf_table import DETOXIFY
from core.labeling.rules.vocabulary import TreeState

Row = dict[str, Any]

LABELS = ("spam", "lang_mismatch", "quality", "toxicity", "humor", "hate_speech")
MESSAGE = {
    "message_id": str,
    "parent_id": str,
    "user_id": str,
    "created_date": str,
    "text": str,
    "role": str,
    "lang": str,
    "review_count": int,
    "review_result": bool,
    "deleted": bool,
    "rank": int,
    "synthetic": bool,
    "model_name": str,
    "emojis": dict,
    "labels": dict,
    "replies": list,
    "events": dict,
    "detoxify": dict,
    "message_tree_id": str,
    "tree_state": str,
}
"""The fields of oasst_data's ExportMessageNode, in their order (docs/reference/open-assistant.md 4.1)."""


def oracle(message: Row) -> None:
    """The fields that Open Assistant's own loader requires of a message."""
    assert list(message) == [name for name in MESSAGE if name in message], "fields, and their order"
    assert {"message_id", "text", "role", "lang"} <= message.keys()
    assert all(type(value) is MESSAGE[name] for name, value in message.items())
    for label in message.get("labels", {}).values():
        assert label.keys() == {"value", "count"}
    for kind, events in message.get("events", {}).items():
        assert all(event["type"] == kind and "user_id" in event for event in events)
    for reply in message.get("replies", ()):
        assert reply["parent_id"] == message["message_id"]
        assert reply["role"] != message["role"]
        oracle(reply)


class Forest:
    """Trees in which every field of the format is used."""

    def __init__(self, seed: int = 5) -> None:
        self.dice = Random(seed)

    def trees(self, number: int) -> list[Row]:
        return [self.tree(state) for _, state in zip(range(number), self.states(), strict=False)]

    def states(self) -> Iterator[str]:
        while True:
            yield from get_args(TreeState)

    def tree(self, state: str = "ready_for_export") -> Row:
        prompt = self.message(0, None, None, accepted=state == "backlog_ranking")
        origin = {"origin": "a paper"} if self.dice.random() < 0.3 else {}
        return {"message_tree_id": prompt["message_id"], "tree_state": state, "prompt": prompt, **origin}

    def id(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128)))

    def message(self, depth: int, parent_id: str | None, rank: int | None, *, accepted: bool) -> Row:
        dice, message_id = self.dice, self.id()
        reviews = dice.randrange(5)
        result = True if accepted or dice.random() < 0.7 else False if reviews > 2 else None
        model = dice.random() < 0.3 and depth % 2 == 1
        replies = dice.randrange(4) if depth < 4 else 0
        ranked = depth % 2 == 0 and dice.random() < 0.7
        found = {
            "message_id": message_id,
            "parent_id": parent_id,
            "user_id": self.id() if dice.random() < 0.9 else None,
            "created_date": f"2023-0{dice.randrange(1, 10)}-05T14:23:50.{dice.randrange(10**6):06}+00:00",
            "text": f"{'Grüße 你好 🦜' if dice.random() < 0.2 else 'words'} {dice.random()}",
            "role": "assistant" if depth % 2 else "prompter",
            "lang": dice.choice(("en", "de", "pt-BR")),
            "review_count": reviews,
            "review_result": result,
            "deleted": dice.random() < 0.1,
            "rank": rank,
            "synthetic": model,
            "model_name": "a model" if model else None,
            "emojis": dice.choice(({"+1": 2, "_skip_reply": 1}, {}, None)),
            "labels": {name: {"value": dice.random(), "count": 3} for name in LABELS} if dice.random() < 0.8 else None,
            "replies": [
                self.message(depth + 1, message_id, place if ranked and place < 2 else None, accepted=accepted)
                for place in range(replies)
            ],
            "events": self.events(message_id) if dice.random() < 0.2 else None,
            "detoxify": {name: dice.random() for name in DETOXIFY} if dice.random() < 0.5 else None,
        }
        return {name: value for name, value in found.items() if value is not None}

    def events(self, message_id: str) -> Row:
        emoji = {"type": "emoji", "user_id": self.id(), "emoji": "+1"}
        ranking = {
            "type": "ranking",
            "user_id": self.id(),
            "ranking": [1, 0],
            "ranked_message_ids": [self.id(), self.id()],
            "ranking_parent_id": message_id,
            "message_tree_id": self.id(),
        }
        return {"emoji": [emoji], "ranking": [ranking]}


def message(message_id: str, parent_id: str | None = None, role: str = "prompter", **values: Any) -> Row:
    """A message with the fewest fields."""
    return {"message_id": message_id, "parent_id": parent_id, "text": "words", "role": role, "lang": "en", **values}


def flat(tree: Row) -> Iterator[Row]:
    """A tree's messages one by one, depth first."""
    waiting = [tree["prompt"]]
    while waiting:
        message = waiting.pop()
        yield {
            **{name: value for name, value in message.items() if name != "replies"},
            "message_tree_id": tree["message_tree_id"],
            "tree_state": tree["tree_state"],
        }
        waiting.extend(reversed(message["replies"]))


def written(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


def read(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
