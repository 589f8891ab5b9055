"""The files of config/gold: items whose labels are beyond doubt, on which newcomers learn."""

import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from config.languages import data_language
from config.settings import labels
from core.errors import SettingsError

FOLDER = Path(__file__).parent / "gold"

JUDGED = {"label_initial_prompt": "prompt", "label_prompter_reply": "prompter_reply"}
"""The thing that each kind of item asks about, as config/labels.toml calls it; by default an assistant's reply."""


class GoldTurn(BaseModel):
    """One message of an item's conversation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["prompter", "assistant"]
    text: str = Field(min_length=1)


class GoldItem(BaseModel):
    """A conversation whose last message is to be labelled.

    `labels` holds, from 0 to 1, only what is beyond doubt; on a scale the neighbouring point is accepted as well. `why`
    is shown after the answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["label_initial_prompt", "label_prompter_reply", "label_assistant_reply"]
    id: str = Field(pattern=r"^[\w-]+$")
    conversation: tuple[GoldTurn, ...] = Field(min_length=1)
    labels: Mapping[str, float]
    why: str = Field(min_length=1)

    def turns(self) -> list[dict[str, str]]:
        """The conversation, each turn with its role and text."""
        return [said.model_dump() for said in self.conversation]

    @model_validator(mode="after")
    def is_whole(self) -> Self:
        fault = conversation_fault(self) or labels_fault(self)
        if fault:
            raise ValueError(fault)
        return self


def conversation_fault(item: GoldItem) -> str:
    """Return what is wrong with the item's conversation; empty if nothing is."""
    roles = [said.role for said in item.conversation]
    if roles[0] != "prompter" or any(one == next_one for one, next_one in pairwise(roles)):
        return "conversation: prompter and assistant take turns, and the prompter begins"
    if (item.kind == "label_assistant_reply") == (roles[-1] == "prompter"):
        return f"conversation: the last message is the {roles[-1]}'s, which {item.kind} does not judge"
    if (item.kind == "label_initial_prompt") != (len(roles) == 1):
        return f"conversation: {len(roles)} messages are not possible for {item.kind}"
    return ""


def labels_fault(item: GoldItem) -> str:
    """Return what is wrong with the item's labels; empty if nothing is."""
    possible = labels(JUDGED.get(item.kind, "assistant_reply"))
    for name, value in item.labels.items():
        if name not in possible:
            return f"labels: {name} is not possible for {item.kind}"
        if not 0 <= value <= 1:
            return f"labels: {name} is {value}, and may be 0 to 1"
    return "" if "spam" in item.labels else "labels: spam is missing"


def gold(language: str) -> Sequence[GoldItem]:
    """Return the items in a language, none if there is no file for it. Raises SettingsError for a faulty file.

    The language is any BCP 47 tag: "zh" and "zh-CN" are the same data language (see config/languages.py).
    """
    wanted = data_language(language)
    files = [file for file in sorted(FOLDER.glob("*.toml")) if wanted and data_language(file.stem) == wanted]
    return tuple(item for file in files for item in items(file))


def items(file: Path) -> Sequence[GoldItem]:
    """Return the items of one file. Raises a SettingsError that names the file and the item."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from None
    if set(found) != {"item"}:
        raise SettingsError(f"{file}: holds [[item]] tables and nothing else")
    read = [_item(file, number, raw) for number, raw in enumerate(found["item"], 1)]
    seen: set[str] = set()
    for item in read:
        if item.id in seen:
            raise SettingsError(f"{file}: {item.id}: the id is used twice")
        seen.add(item.id)
    return read


def _item(file: Path, number: int, raw: Mapping[str, Any]) -> GoldItem:
    try:
        return GoldItem.model_validate(raw)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        words = ": ".join(filter(None, [where, fault["msg"].removeprefix("Value error, ")]))
        raise SettingsError(f"{file}: {raw.get('id') or f'item {number}'}: {words}") from None
