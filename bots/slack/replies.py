"""Checks Slack's answers to our calls before anybody reads them.

Slack's client relies on the published shape, and raises all kinds of errors if an answer has another one. A proxy in
between, or a fault at Slack, can send anything.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.shared.failures import NETWORK_FAILURES
from core.foreign_code import ForeignFault, guarded

UNREADABLE = "unreadable_answer"

RESULTS: Mapping[str, Mapping[str, type]] = {
    "auth.test": {"team": str, "user_id": str, "url": str},
    "apps.connections.open": {"url": str},
    "users.info": {"user": dict},
    "usergroups.list": {"usergroups": list},
    "users.conversations": {"channels": list},
    "conversations.open": {"channel": dict},
    "conversations.info": {"channel": dict},
    "conversations.history": {"messages": list},
    "conversations.replies": {"messages": list},
    "reactions.get": {"message": dict},
    "chat.postMessage": {"channel": str, "ts": str},
    "chat.startStream": {"ts": str},
    "files.getUploadURLExternal": {"upload_url": str, "file_id": str},
    "files.completeUploadExternal": {"files": list},
    "oauth.v2.access": {"access_token": str, "team": dict},
}
"""The fields that we read from the answers of Slack's methods."""


@dataclass(frozen=True, slots=True)
class OddAnswer:
    """Stands for an answer that cannot be read, where the library expects one of its own."""

    data: Mapping[str, Any] = field(default_factory=lambda: {"ok": False, "error": UNREADABLE})
    status_code: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


class UnreadableAnswer(SlackApiError):
    """An answer that is not what Slack promises. Whether the call took effect is unknown."""

    def __init__(self, method: str, why: str) -> None:
        super().__init__(f"{method}: {why}", OddAnswer())  # type: ignore[no-untyped-call]


def refused(method: str, code: str) -> SlackApiError:
    """Return the error that a refusal is which came in another way than those of the Web API."""
    return SlackApiError(method, OddAnswer({"ok": False, "error": code}))  # type: ignore[no-untyped-call]


@contextmanager
def understood(method: str) -> Iterator[None]:
    """Call the library in the block. Whatever it runs into while it reads an answer becomes an UnreadableAnswer."""
    try:
        with guarded(SlackApiError, *NETWORK_FAILURES):
            yield
    except ForeignFault as fault:
        raise UnreadableAnswer(method, type(fault.cause).__name__) from fault


class CheckedWebClient(AsyncWebClient):
    """Slack's client, which raises only SlackApiError and failures of the network."""

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        """Call a method of the Web API. Raises UnreadableAnswer for an answer of another shape."""
        with understood(api_method):
            answer = await super().api_call(api_method, **given)
        check(api_method, answer.data)
        return answer


def check(method: str, found: Any) -> None:
    """Check the fields of an answer that we read. Raises UnreadableAnswer."""
    if not isinstance(found, dict):
        raise UnreadableAnswer(method, "not a JSON object")
    for name, kind in RESULTS.get(method, {}).items():
        if not isinstance(found.get(name), kind):
            raise UnreadableAnswer(method, f"{name} is missing or no {kind.__name__}")
