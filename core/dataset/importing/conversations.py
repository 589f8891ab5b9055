"""Turns conversations in the forms that trainers use into threads, the form of Open Assistant that they are closest to.

These forms give their messages no ids. They get ids made of all that was said up to them, so that the same conversation
is known again, and conversations that begin alike become one tree.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from core.dataset.formats.oasst_fields import LineFault, Row, shown

ROLES: Mapping[str, str] = {
    "human": "prompter",
    "user": "prompter",
    "prompter": "prompter",
    "gpt": "assistant",
    "assistant": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
}
"""The names that these forms have for the two sides."""

Turns = Sequence[tuple[str, str]]
ReadForm = tuple[Turns, Set[str]]
"""What was said, as the role and the text of each message, and the names of fields that messages have beside these."""


def thread(value: Row) -> Row | None:
    """The line of a conversation as a thread; None if it is not in one of these forms.

    Fields that the form does not have stay beside the thread. Raises LineFault if something was said that a thread
    cannot hold.
    """
    for form in FORMS:
        if all(name in value for name in form.known_by):
            if value.get("system"):
                raise LineFault("it has a system prompt, which a tree of messages cannot hold")
            turns, others = form.read(value)
            rest = {name: one for name, one in value.items() if name not in (*form.known_by, *form.more, "system")}
            return {**dict.fromkeys(others), **rest, "thread": _with_ids(turns)}
    return None


def _with_ids(turns: Turns) -> list[Row]:
    said: list[Row] = []
    id = ""
    for role, text in turns:
        id = sha256("\0".join((id, role, text)).encode()).hexdigest()[:32]
        said.append({"message_id": id, "role": role, "text": text})
    return said


def _sharegpt(value: Row) -> ReadForm:
    return _turns(value["conversations"], "conversations", "from", "value")


def _chat(value: Row) -> ReadForm:
    return _turns(value["messages"], "messages", "role", "content")


def _alpaca(value: Row) -> ReadForm:
    parts = {name: value.get(name) or "" for name in ("instruction", "input", "output")}
    for name, part in parts.items():
        if not isinstance(part, str) or not (part or name == "input"):
            raise LineFault(f"{name} is {shown(value.get(name))}, and should be a text")
    asked = "\n\n".join(part for part in (parts["instruction"], parts["input"]) if part)
    return [("prompter", asked), ("assistant", parts["output"])], set()


def _turns(listed: Any, name: str, role: str, text: str) -> ReadForm:
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise LineFault(f"{name} is not a list of messages")
    for one in listed:
        if not isinstance(one.get(role), str) or one[role] not in ROLES:
            raise LineFault(f"a message is from {shown(one.get(role))}, which a tree of messages cannot hold")
        if not isinstance(one.get(text), str):
            raise LineFault(f"{text} of a message is {shown(one.get(text))}, and should be a text")
    return [(ROLES[one[role]], one[text]) for one in listed], {name for one in listed for name in one} - {role, text}


@dataclass(frozen=True, slots=True)
class ConversationForm:
    """A form of conversations: the fields that it is known by, what else it may have, and how it is read."""

    known_by: Sequence[str]
    more: Sequence[str]
    read: Callable[[Row], ReadForm]


FORMS = (
    ConversationForm(("conversations",), (), _sharegpt),
    ConversationForm(("messages",), (), _chat),
    ConversationForm(("instruction", "output"), ("input",), _alpaca),
)
"""ShareGPT, chat messages as in TRL and at OpenAI, and Alpaca."""
