"""Lost connections, refusals, crashes, doubled events and missed ones: every question is answered once."""

import asyncio
import re
from html import unescape
from time import time

import httpx
import pytest
from structlog.testing import capture_logs

from core.errors import OperatorError, StoreError
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.store.engine.database import connect
from core.store.secret_keyring import keyring_from, new_key
from core.surface_queries import StoredKeep
from tests.slack.living import answers, buttons, finished, living
from tests.slack.server.server import Slack

CONVERSATIONS, DROPS = 200, 100


@pytest.mark.sweep
async def test_a_hundred_lost_connections_lose_and_double_nothing(world: Slack, sqlite_url: str) -> None:
    rooms = [(person, person.dm()) for person in (world.person(f"Person {number}") for number in range(CONVERSATIONS))]
    async with living(world, sqlite_url) as life:
        for number, (person, room) in enumerate(rooms):
            await person.says(room, f"Question {number}")
            if number % 2:
                opened = world.opened
                await world.drop()
                await world.until(lambda opened=opened: world.opened > opened)  # type: ignore[misc] # a default
        await world.until(lambda: all(finished(room) for _, room in rooms))
        told = [await person.reacts(answers(room)[0], "+1") for person, room in rooms]
        for delivery in told[::2]:
            world.again(delivery)
        await life.rated(*[1] * CONVERSATIONS)
        await world.until(lambda: not world.open)
        assert world.opened > DROPS
        assert [len(answers(room)) for _, room in rooms] == [1] * CONVERSATIONS


async def test_a_doubled_event_is_one(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Hello", mention=True)
        for delivery in list(world.open.values()):
            world.again(delivery)
        await world.until(lambda: finished(room))
        await world.until(lambda: not world.open)
        called = await ana.commands(room, "stats")
        world.again(called)
        await world.until(lambda: not world.open and bool(room.whispers))
        assert life.rows("SELECT count(*) FROM inbox") == [(2,)]
        assert len(answers(room)) == 1


async def test_slack_asks_to_connect_anew(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url):
        await world.refresh()
        await world.until(lambda: world.opened == 2)
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))


LOST = [("chat.postMessage", False), ("chat.startStream", True)]


@pytest.mark.parametrize(("method", "pane"), LOST)
async def test_a_lost_confirmation_doubles_nothing(world: Slack, sqlite_url: str, method: str, pane: bool) -> None:
    ana = world.person("Ana")
    room = ana.dm() if pane else world.channel()
    async with living(world, sqlite_url):
        thread = await ana.opens_pane() if pane else ""
        world.fail(method, "after")
        world.forgive("streaming_state_conflict")
        await ana.says(room, "Hello", thread=thread, mention=not pane)
        await world.until(lambda: finished(room))
        assert len(answers(room)) == 1


@pytest.mark.parametrize(("method", "pane"), LOST)
async def test_a_crash_between_a_message_and_its_id_doubles_nothing(
    world: Slack, sqlite_url: str, method: str, pane: bool
) -> None:
    ana = world.person("Ana")
    room = ana.dm() if pane else world.channel()
    world.forgive("streaming_state_conflict")
    async with living(world, sqlite_url) as life:
        thread = await ana.opens_pane() if pane else ""
        world.fail(method, "after")
        world.fail("conversations.replies", "500", 50)
        await ana.says(room, "Hello", thread=thread, mention=not pane)
        await world.until(lambda: any(call.method == "conversations.replies" for call in world.asked))
        await world.until(lambda: bool(answers(room)))
        await life.core.router.drain(0)
    world.failures.clear()
    async with living(world, sqlite_url):
        await world.until(lambda: finished(room))
        assert len(answers(room)) == 1
        assert answers(room)[0].shown.endswith("Hello")


@pytest.mark.slow
async def test_refusals_are_waited_for(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url):
        world.limit("chat.postMessage", 1)
        world.limit("chat.update", 1)
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert len(answers(room)) == 1


@pytest.mark.slow
async def test_slacks_own_trouble_passes(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url):
        world.fail("chat.postMessage", "503")
        world.fail("chat.update", "before", 2)
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert len(answers(room)) == 1


@pytest.mark.slow
async def test_what_was_missed_is_answered_at_the_next_start(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url) as life:
        first = await ana.says(room, "Hello", mention=True)
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(room) and finished(chat))
        await life.until_rows("SELECT count(*) FROM kept WHERE name LIKE '%well'", [(1,)])
    await ana.reacts(answers(chat)[0], "+1")
    await ana.says(room, "Are you there?", thread=first)
    called = await ana.says(room, "Another one", mention=True)
    await ana.says(chat, "Anybody?")
    await ana.says(room, "Nobody is meant")
    world.open.clear()
    async with living(world, sqlite_url) as life:
        await world.until(lambda: finished(room, 3) and finished(chat, 2))
        assert len(answers(room, first.ts)) == 2
        assert len(answers(room, called.ts)) == 1
        assert len(answers(room)) == 3
        await life.rated(1)


# Over HTTP


async def test_over_http_a_journey_is_the_same(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url, http=True) as life:
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        await ana.presses(answers(room)[0], "up:")
        await life.rated(1)
        await ana.commands(room, "help")
        await world.until(lambda: any("Mention me" in whisper.shown for whisper in room.whispers))
        await ana.takes("report", answers(room)[0])
        await world.until(lambda: bool(world.views))
        await world.until(lambda: not world.open)


async def test_what_slack_has_not_signed_is_refused(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url, http=True) as life:
        body = {"type": "event_callback", "event": {"type": "message", "text": "forged"}}
        forged = {"x-slack-request-timestamp": str(int(time())), "x-slack-signature": "v0=0123"}
        old = {**forged, "x-slack-request-timestamp": "1"}
        async with httpx.AsyncClient(verify=False) as client:
            answered = [await client.post(world.hook, json=body, headers=headers) for headers in ({}, forged, old)]
        assert [answer.status_code for answer in answered] == [401, 401, 401]
        await ana.says(room, "True", mention=True)
        await world.until(lambda: finished(room))
        assert life.rows("SELECT count(*) FROM inbox") == [(1,)]


async def test_an_event_that_could_not_be_committed_comes_again(
    world: Slack, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url, http=True) as life:
        write, failed = life.core.router.store.write, asyncio.Event()

        async def once(unit: object) -> object:
            if not failed.is_set():
                failed.set()
                raise StoreError("the disk is full")
            return await write(unit)  # type: ignore[arg-type]

        monkeypatch.setattr(type(life.core.router.store), "write", lambda self, unit: once(unit))
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert failed.is_set()
        assert len(answers(room)) == 1


async def test_another_workspace_installs_the_app(world: Slack, sqlite_url: str) -> None:
    other = world.team("Orchard", installed=False)
    ben = world.person("Ben", team=other)
    world.installer = ben.id
    async with (
        living(world, sqlite_url, http=True, client_id="1.2") as life,
        httpx.AsyncClient(verify=False) as browser,
    ):
        page = await browser.get(f"{life.address}/slack/install")
        links = re.findall(r'href="([^"]*/authorize[^"]*)"', unescape(page.text))
        stolen = await browser.get(f"{life.address}/slack/oauth_redirect?code=code-1&state=guessed")
        assert stolen.status_code == 400
        sent_back = await browser.get(links[0])
        # The cookie is only for HTTPS, and a browser's jar keeps to that.
        cookie = f"slack-app-oauth-state={page.cookies['slack-app-oauth-state']}"
        done = await browser.get(sent_back.headers["location"], headers={"cookie": cookie})
        assert done.status_code == 200
        await ben.says(ben.dm(), "Hello")
        await world.until(lambda: finished(ben.dm(), 2))
    async with living(world, sqlite_url, http=True, client_id="1.2") as life:
        await ben.says(ben.dm(), "Are you still there?")
        await world.until(lambda: finished(ben.dm(), 3))
        world.event(other.id, {"type": "app_uninstalled"})
        await world.until(lambda: not world.open)
        assert [workspace.name for workspace in life.running.workspaces.all] == ["Garden"]


async def test_a_workspace_whose_key_is_lost_is_told_and_stops_no_other(world: Slack, sqlite_url: str) -> None:
    store = connect(sqlite_url, keyring_from(new_key()))
    keep = StoredKeep(store, "slack")
    await keep.remember("workspaces", '["T9"]')
    await keep.remember_secret("workspace:T9", '{"token": "xoxb-lost"}')
    await store.close()
    room, ana = world.channel(), world.person("Ana")
    with capture_logs() as logs:
        async with living(world, sqlite_url) as life:
            await ana.says(room, "Hello", mention=True)
            await world.until(lambda: finished(room))
            assert [workspace.name for workspace in life.running.workspaces.all] == ["Garden"]
    (told,) = [line for line in logs if line["event"] == "workspace_unreadable"]
    assert (told["workspace"], told["log_level"]) == ("T9", "error")


async def test_a_wrong_token_is_said(world: Slack, sqlite_url: str) -> None:
    with pytest.raises(OperatorError, match=r"slack\.token"):
        async with living(world, sqlite_url, token="xoxb-wrong", http=True):
            pass
    with pytest.raises(OperatorError, match=r"slack\.app_token"):
        async with living(world, sqlite_url, app_token="xapp-wrong"):
            pass


async def test_the_model_is_asked_once_however_often_slack_tells(world: Slack, sqlite_url: str) -> None:
    ana = world.person("Ana")
    room = ana.dm()
    asked: list[str] = []

    def answer(lines: object) -> str:
        asked.append("once")
        return "Yes"

    async with living(world, sqlite_url, ScriptedModel(answer)):
        await ana.says(room, "Hello")
        (delivery,) = world.open.values()
        for _ in range(3):
            world.again(delivery)
        await world.until(lambda: finished(room) and not world.open)
        assert asked == ["once"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[" * 200_000),
        ("application/x-www-form-urlencoded", b"payload=" + b"%5B" * 200_000),
        ("application/json", b" " * 3_000_000),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("", b'{"a": '),
        ("application/x-www-form-urlencoded", b"payload=7&x=1"),
        ("application/json", b"\xff"),
    ],
)
async def test_what_is_no_event_is_refused_before_it_is_parsed(
    world: Slack, sqlite_url: str, kind: str, body: bytes
) -> None:
    async with living(world, sqlite_url, http=True), httpx.AsyncClient(verify=False) as client:
        assert (await client.post(world.hook, content=body, headers={"content-type": kind})).status_code in (400, 413)


@pytest.mark.parametrize("whose", ["answer", "question"])
@pytest.mark.parametrize("pane", [False, True])
async def test_deleting_a_growing_answer_or_its_question_stops_it(
    world: Slack, sqlite_url: str, whose: str, pane: bool
) -> None:
    ana, mod = world.person("Ana"), world.person("Mo")
    room = ana.dm() if pane else world.channel()
    steps: asyncio.Queue[None] = asyncio.Queue()
    world.forgive("message_not_found")
    model = ScriptedModel([ScriptedAnswer("One two", hangs=True), "Free"], pace=steps.get)
    async with living(world, sqlite_url, model) as life:
        thread = await ana.opens_pane() if pane else ""
        steps.put_nowait(None)
        question = await ana.says(room, "Count", thread=thread, mention=not pane)
        await world.until(lambda: bool(answers(room)))
        growing = answers(room)[0]
        await life.until_rows("SELECT state FROM post WHERE message_id IS NOT NULL", [("sent",)])
        await mod.deletes(growing if whose == "answer" else question)
        await life.until_rows("SELECT state FROM message WHERE role = 'assistant'", [("cancelled",)])
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
        assert not any("stop" in buttons(message) or message.streaming for message in answers(room))
        await ana.says(room, "!stop", thread=thread or question)
        await world.until(lambda: any("Nothing is" in one.shown for one in (*room.whispers, *answers(room))))
        steps.put_nowait(None)
        await ana.says(room, "Hello?", thread=thread or question, mention=not pane)
        await world.until(lambda: any(one.shown.startswith("Free") for one in answers(room)))
