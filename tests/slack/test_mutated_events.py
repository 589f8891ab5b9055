"""True events and interactions of Slack with something in them changed, by a socket and over HTTP."""

import asyncio
import hashlib
import hmac
import json
from time import time
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bots.slack.application import application
from bots.slack.logger import library_logger
from bots.slack.options import SlackOptions
from bots.slack.socket_mode import EventSocket
from bots.slack.surface import SlackSurface
from bots.slack.workspaces import InstalledWorkspace, web_client
from tests.mutated import FEW, MANY, Memory, extended, mutated, names

NOWHERE = "http://127.0.0.1:9/"
SECRET = "a-secret"
TEAM = InstalledWorkspace("T1", "Garden", "xoxb-1", "UBOT", "BBOT", "https://garden.slack.com/")
ENVELOPE = {
    "type": "event_callback",
    "token": "verification",
    "team_id": "T1",
    "api_app_id": "A1",
    "event_id": "Ev1",
    "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
}
AT = "1700000000.0001"
SPOKEN = {
    "type": "message",
    "user": "U1",
    "text": "Hello",
    "channel": "D1",
    "channel_type": "im",
    "ts": AT,
}
REACTION = {
    "type": "reaction_added",
    "user": "U1",
    "reaction": "+1",
    "item_user": "UBOT",
    "event_ts": "1700000001.0001",
}
WHO = {"user": {"id": "U1", "username": "ana", "team_id": "T1"}, "team": {"id": "T1", "domain": "garden"}}
PRESSED = {
    **WHO,
    "type": "block_actions",
    "trigger_id": "t",
    "channel": {"id": "C1", "name": "tea"},
    "container": {"type": "message", "message_ts": AT, "channel_id": "C1"},
    "message": {"ts": AT, "text": "Hello", "user": "UBOT"},
    "actions": [{"action_id": "up:1", "block_id": "b", "type": "button", "value": "up:1", "action_ts": "1700000002.0"}],
}
COMMAND = {
    "command": "/parley",
    "text": "help me",
    "user_id": "U1",
    "user_name": "ana",
    "channel_id": "C1",
    "team_id": "T1",
    "api_app_id": "A1",
    "trigger_id": "t",
}
TRUE: list[Any] = [
    ["events_api", {**ENVELOPE, "event": SPOKEN}],
    ["events_api", {**ENVELOPE, "event": {**SPOKEN, "files": [{"name": "a.txt", "size": 3, "url_private": "x"}]}}],
    ["events_api", {**ENVELOPE, "event": {**REACTION, "item": {"type": "message", "channel": "C1", "ts": "1.2"}}}],
    ["slash_commands", COMMAND],
    ["interactive", PRESSED],
]


class Socket:
    """A socket that remembers what was confirmed."""

    logger = library_logger()

    def __init__(self) -> None:
        self.confirmed: list[str] = []

    async def send_socket_mode_response(self, response: SocketModeResponse | dict[str, Any]) -> None:
        found = response.envelope_id if isinstance(response, SocketModeResponse) else response["envelope_id"]
        self.confirmed.append(found)


def surface(memory: Memory) -> SlackSurface:
    ports: Any = memory
    made = SlackSurface(SlackOptions(base_url=NOWHERE, signing_secret=SECRET), memory.handle, ports, ports)
    made.workspaces._known[TEAM.team] = TEAM
    made._endpoints.bolt = application(made.workspaces, made._events, made._interactions, ports, SECRET)
    return made


async def by_socket(kind: str, payload: Any) -> Memory:
    """Take something by a socket. It has to be confirmed."""
    memory, socket = Memory(), Socket()
    made, ports, any_socket = surface(memory), memory, socket
    bolt: Any = made._endpoints.bolt
    web = web_client("xapp-1", NOWHERE)
    given: Any = ports
    client: Any = any_socket
    await EventSocket(bolt, web, given, "xapp-1", 5.0)._envelope(client, SocketModeRequest(kind, "e1", payload))
    assert socket.confirmed == ["e1"]
    return memory


async def over_http(kind: str, payload: Any) -> Memory:
    """Take something over HTTP, signed as Slack does it. It has to be answered with 200."""
    memory = Memory()
    form = kind == "slash_commands" and isinstance(payload, dict)
    written = json.dumps(payload)
    fields = payload if form else {"payload": written}
    body = written if kind == "events_api" else urlencode(fields, errors="surrogatepass")
    at = str(int(time()))
    signature = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json" if kind == "events_api" else "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": at,
        "x-slack-signature": f"v0={signature}",
    }
    transport = httpx.ASGITransport(surface(memory).app())
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        answer = await client.post("/slack/events", content=body.encode(), headers=headers)
    assert answer.status_code == 200 or (answer.status_code < 500 and answer.text), answer.status_code
    return memory


def both(item: Any) -> list[Memory]:
    """Take something both ways."""

    async def taken() -> list[Memory]:
        return [await by_socket(*item), await over_http(*item)]

    return asyncio.run(taken())


CHANGED = st.tuples(st.sampled_from([kind for kind, _ in TRUE]), mutated([payload for _, payload in TRUE]))


@FEW
@given(CHANGED)
def test_whatever_comes_it_is_confirmed(item: Any) -> None:
    both(item)


@pytest.mark.sweep
@MANY
@given(CHANGED)
def test_whatever_comes_of_very_many_it_is_confirmed(item: Any) -> None:
    both(item)


NEEDED = names(
    "type team_id team event user_id user channel channel_id channel_type ts text item reaction command "
    "actions action_id container message_ts id authorizations"
)
"""The fields without which nobody could tell whether an event is for us."""


def writable(payload: Any) -> bool:
    """Whether it can be sent at all: JSON has no infinite numbers."""
    try:
        json.dumps(payload, allow_nan=False)
    except ValueError:
        return False
    return True


SPOILT = (
    st.sampled_from(TRUE)
    .flatmap(lambda one: st.tuples(st.just(one[0]), mutated([one[1]], NEEDED)))
    .filter(lambda one: writable(one[1]))
)


@FEW
@given(SPOILT)
def test_one_for_us_becomes_an_event_or_is_put_aside(item: Any) -> None:
    for memory in both(item):
        assert memory.events or memory.aside


@pytest.mark.sweep
@MANY
@given(SPOILT)
def test_very_many_for_us_become_events_or_are_put_aside(item: Any) -> None:
    for memory in both(item):
        assert memory.events or memory.aside


@pytest.mark.parametrize("item", TRUE, ids=lambda item: item[0])
def test_a_true_one_becomes_an_event(item: Any) -> None:
    for memory in both(item):
        assert len(memory.events) == 1
        assert memory.aside == []


@FEW
@given(st.sampled_from(TRUE).flatmap(lambda item: st.tuples(st.just(item[0]), extended([item[1]]).filter(writable))))
def test_fields_that_nobody_has_announced_change_nothing(item: Any) -> None:
    for memory in both(item):
        assert len(memory.events) == 1
