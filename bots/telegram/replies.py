"""Checks Telegram's answers to our calls before the library reads them. Pure.

The library relies on the published shape, and raises all kinds of errors if an answer has another one. A proxy in
between, or a fault at Telegram, can send anything.
"""

import json
from collections.abc import Mapping
from typing import Any

import telegram
from telegram.error import NetworkError

from core.foreign_code import ForeignFault, guarded
from core.outside_json import read_json

RESULTS: Mapping[str, type[telegram.TelegramObject]] = {
    "getMe": telegram.User,
    "getFile": telegram.File,
    "getChat": telegram.ChatFullInfo,
    "getChatMember": telegram.ChatMember,
    "createForumTopic": telegram.ForumTopic,
    "sendMessage": telegram.Message,
    "sendDocument": telegram.Message,
    "editMessageText": telegram.Message,
}
"""The type of each call's result, if it is more than True."""

LONGEST_WAIT = 24 * 60 * 60
"""The longest wait, in seconds, that we believe Telegram asks for."""


class UnreadableReply(NetworkError):
    """An answer that is not what Telegram promises. Whether the call took effect is unknown."""


def checked(call: str, status: int, content: bytes) -> bytes:
    """Return the content of an answer that the library can read. Raises UnreadableReply.

    Of an error answer, only the error itself is returned: the status counts, whatever the other fields say.
    """
    if not 200 <= status <= 299:
        return json.dumps(refusal(content)).encode()
    try:
        found = read_json(content)
    except ValueError as error:
        raise UnreadableReply(f"{call}: {error}") from None
    if not isinstance(found, dict) or found.get("ok") is not True or "result" not in found:
        raise UnreadableReply(f"{call}: an answer without a result")
    check_result(call, found["result"])
    return content


def check_result(call: str, result: Any) -> None:
    """Check what a call has returned. Raises UnreadableReply."""
    kind = RESULTS.get(call)
    if call == "getUpdates":
        fits = isinstance(result, list)
    elif kind is None or (call == "editMessageText" and result is True):
        fits = result is True
    else:
        fits = isinstance(result, dict) and is_readable(kind, result)
    if not fits:
        raise UnreadableReply(f"{call}: a result of another kind ({type(result).__name__})")


def is_readable(kind: type[telegram.TelegramObject], result: Mapping[str, Any]) -> bool:
    """Return whether the library can make an object of this kind."""
    try:
        with guarded():
            kind.de_json(dict(result), None)
    except ForeignFault:
        return False
    return True


def refusal(content: bytes) -> Mapping[str, Any]:
    """Return what Telegram says of a call that it refused, as far as it can be read."""
    try:
        said = read_json(content)
    except ValueError:
        return {"ok": False}
    if not isinstance(said, dict):
        return {"ok": False}
    found: dict[str, Any] = {"ok": False}
    if isinstance(said.get("description"), str):
        found["description"] = said["description"]
    given = said.get("parameters")
    parameters = {
        name: value for name, value in (given if isinstance(given, dict) else {}).items() if _believed(name, value)
    }
    return {**found, "parameters": parameters} if parameters else found


def _believed(name: str, value: Any) -> bool:
    if type(value) is not int:
        return False
    return name == "migrate_to_chat_id" or (name == "retry_after" and 0 < value <= LONGEST_WAIT)
