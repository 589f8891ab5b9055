"""Turns what a person types into events. Pure."""

import re
from datetime import UTC, datetime
from uuid import uuid4

from core.messages import AnyEvent, Attachment, Form, Invocation, Message, Place, Press, Submission, User

PLATFORM = "terminal"
COMMUNITY = "local"

COMMAND = re.compile(r"/(?!/)(?P<name>\S*)\s*(?P<rest>.*)", re.DOTALL)
"""A command: one slash and its name. Its arguments may begin on the next line."""


def fresh_place() -> Place:
    """A place for a new conversation in a terminal."""
    return Place(PLATFORM, COMMUNITY, uuid4().hex, private=True)


def typed(
    line: str, where: Place, who: User, reply_to: str | None = None, files: tuple[Attachment, ...] = ()
) -> AnyEvent:
    """The event for a typed line: a command if it begins with a single slash, otherwise a message or a reply.

    A message takes `files` along.
    """
    number = uuid4().hex
    at = datetime.now(UTC)
    if command := COMMAND.fullmatch(line):
        name, rest = command["name"].lower(), command["rest"]
        return Invocation(
            key=f"terminal:cmd:{number}", place=where, user=who, at=at, command=name, arguments={"": rest}
        )
    return Message(
        key=f"terminal:msg:{number}",
        place=where,
        user=who,
        at=at,
        id=number,
        text=line,
        reply_to=reply_to,
        attachments=files,
        source="terminal",
    )


def pressed(action: str, where: Place, who: User, message_id: str | None = None, values: tuple[str, ...] = ()) -> Press:
    """The event for a pressed button, or for chosen values of a select."""
    key = f"terminal:press:{uuid4().hex}"
    return Press(key=key, place=where, user=who, at=datetime.now(UTC), action=action, id=message_id, values=values)


def filled(form: Form, values: dict[str, str], where: Place, who: User, cause: AnyEvent) -> Submission:
    """The event for a filled-in form, with the message whose button opened it."""
    return Submission(
        key=f"terminal:form:{uuid4().hex}",
        place=where,
        user=who,
        at=datetime.now(UTC),
        form=form.action,
        id=cause.id if isinstance(cause, Press) else None,
        values=values,
    )


def numeric(line: str) -> bool:
    """Whether a line contains only numbers."""
    return all(word.isdecimal() for word in line.replace(",", " ").split())


def numbers(line: str, most: int) -> list[int]:
    """The numbers from 1 to `most` in a line, in order and without duplicates; all others are left out."""
    found = [int(word) for word in line.replace(",", " ").split() if word.isdecimal()]
    return [number for number in dict.fromkeys(found) if 1 <= number <= most]
