"""Turns what a browser sends into events. Pure: a form's fields in, an event out."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import UserError
from core.messages import Edit, Invocation, Message, Place, Press, Submission, User

Fields = Mapping[str, Sequence[str]]
"""A form as received: each name with its values."""

ONCE = re.compile(r"[0-9a-f]{32}")
COMMAND = re.compile(r"/([A-Za-z][\w-]{0,31})(?:\s+(.*))?", re.DOTALL)
LONGEST_ID = 300
"""Maximum length, in characters, of an id or an action; ours are far shorter."""

FIELD = "field."
"""The prefix of a form's own field names, so that they cannot clash with ours."""


@dataclass(frozen=True, slots=True)
class FormSender:
    """Who sent a form, where and when."""

    place: Place
    user: User
    at: datetime


def spoken(fields: Fields, sender: FormSender) -> Message | Edit | Invocation:
    """The event for what was written in the composer: a message, a command ("/name rest"), or an edit.

    The form carries an id that was made with the page, so a form that is sent twice is one event.
    Raises UserError if the form is not one of ours.
    """
    once = once_of(fields)
    text = first(fields, "text").replace("\r\n", "\n")
    place, user, at = sender.place, sender.user, sender.at
    if edited := name_of(fields, "edit"):
        return Edit(key=f"web:edit:{once}", place=place, user=user, at=at, id=edited, text=text, source="web")
    if command := COMMAND.fullmatch(text.strip()):
        name, rest = command.group(1).lower(), command.group(2) or ""
        return Invocation(
            key=f"web:cmd:{once}", place=place, user=user, at=at, command=name, arguments={"": rest} if rest else {}
        )
    reply_to = name_of(fields, "reply_to") or None
    return Message(
        key=f"web:msg:{once}", place=place, user=user, at=at, id=once, text=text, reply_to=reply_to, source="web"
    )


def pressed(fields: Fields, sender: FormSender) -> Press:
    """The event for a button of an answer or a notice, or for a choice. Raises UserError if the form is not ours."""
    action, id = name_of(fields, "action"), name_of(fields, "id")
    if not action:
        raise UserError("web-error-form")
    # Many buttons on one page share one form id: this part of the key tells them apart.
    which = hashlib.sha256(f"{id} {action}".encode()).hexdigest()[:16]
    return Press(
        key=f"web:press:{once_of(fields)}:{which}",
        place=sender.place,
        user=sender.user,
        at=sender.at,
        action=action,
        id=id or None,
        values=tuple(value[:LONGEST_ID] for value in fields.get("values", ())),
    )


def submitted(fields: Fields, sender: FormSender) -> Submission:
    """The event for a filled-in form, with several values joined by commas. Raises UserError if it is not ours."""
    form = name_of(fields, "form")
    if not form:
        raise UserError("web-error-form")
    values = {
        name.removeprefix(FIELD): ",".join(value.replace("\r\n", "\n") for value in given if value.strip())
        for name, given in fields.items()
        if name.startswith(FIELD)
    }
    return Submission(
        key=f"web:form:{once_of(fields)}",
        place=sender.place,
        user=sender.user,
        at=sender.at,
        form=form,
        id=name_of(fields, "id") or None,
        values={name: value for name, value in values.items() if value},
    )


def first(fields: Fields, name: str) -> str:
    return (fields.get(name) or [""])[0]


def once_of(fields: Fields) -> str:
    """The form's one-time id. Raises UserError if it has none."""
    once = first(fields, "once")
    if not ONCE.fullmatch(once):
        raise UserError("web-error-form")
    return once


def name_of(fields: Fields, name: str) -> str:
    """Read an id or an action. Raises UserError if it is longer than any of ours."""
    value = first(fields, name)
    if len(value) > LONGEST_ID:
        raise UserError("web-error-form")
    return value
