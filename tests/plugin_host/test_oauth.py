"""plugins.host.oauth: services that want tokens, the operator's or a person's own, against a server of the true
protocol."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlmodel import Session, select

from core.errors import UserError
from core.messages import Reply, User
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.model import ToolCall
from core.ports.surface import WebNotice
from core.store.plugin_tables import ConnectionRow, SignInRow
from core.store.stored_secrets import readable
from core.store.tables import now
from plugins.host.oauth.flow import challenge, hashed
from plugins.host.policy import OwnerPolicy
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.description import read
from tests.dialogue import Dialogue, Heard
from tests.plugin_host.authorization import (
    CLIENT,
    SECRET,
    AuthorizationServer,
    by_operator,
    by_person,
    calendar,
    served,
)
from tests.plugin_host.stage import Build, Stage

BEN = User("ben", "Ben")
LINK = re.compile(r"\((http[^)]+)\)")


@pytest.fixture
async def server() -> AsyncIterator[AuthorizationServer]:
    found = AuthorizationServer()
    async with served(found.app()) as found.url:
        yield found


def asks(tool: str, given: Mapping[str, str] | None = None) -> ScriptedAnswer:
    return ScriptedAnswer(calls=(ToolCall("1", tool, json.dumps(given or {})),))


@dataclass(slots=True)
class Life:
    """A stage with the calendar, and what people do on it."""

    server: AuthorizationServer
    build: Build
    flows: Mapping[str, object]
    secrets: Mapping[str, str] = field(default_factory=lambda: {"client_id": CLIENT, "client_secret": SECRET})

    def api(self) -> OpenApiPlugin:
        return OpenApiPlugin(read(json.dumps(calendar(self.server.url, self.flows)), "calendar"))

    def stage(self, *models: ScriptedModel) -> Stage:
        exempt = frozenset({self.server.url.removeprefix("http://")})
        policy = OwnerPolicy(frozenset({"calendar"}), secrets={"calendar": self.secrets}, exempt=exempt)
        return self.build(*models, found=[self.api()], policy=policy)


@pytest.fixture
def life(server: AuthorizationServer, build: Build) -> Life:
    return Life(server, build, by_person(server.url))


async def events(stage: Stage, person: Dialogue) -> str:
    """The answer to a person who calls the calendar directly, without a model."""
    plugin = stage.host.plugins["calendar"]
    tool = next(one for one in plugin.tools if one.tool == "calendar_events")
    asker = await stage.host.asker(person.place, person.user, "direct")
    return (await stage.host.run(plugin, tool, asker, {})).text


async def link(person: Dialogue, name: str = "calendar") -> str:
    heard = await person.types(f"/connect {name}")
    found = LINK.search(heard.reply.text)
    assert found, heard.reply.text
    return found[1]


async def page(stage: Stage, query: Mapping[str, str]) -> WebNotice:
    return await stage.signing_in.returned(query, "en")


async def connect(
    server: AuthorizationServer, stage: Stage, person: Dialogue, account: str, name: str = "calendar"
) -> Heard:
    """All of it: the link, the sign-in, the code and the yes."""
    back = await server.sign_in(await link(person, name), account)
    notice = await page(stage, back)
    question = await person.types(notice.line)
    question.expect(account)
    return await person.presses(question, "connect-yes")


# ------------------------------------------------------------------------------------------------ the operator's own


@pytest.fixture
def shared(server: AuthorizationServer, build: Build) -> Life:
    return Life(server, build, by_operator(server.url))


async def test_the_operators_token_is_fetched_once_and_kept(shared: Life) -> None:
    stage = shared.stage()
    answers = await asyncio.gather(*(events(stage, stage.dialogue()) for _ in range(5)))
    assert all("the operator" in answer for answer in answers)
    assert shared.server.asked == ["client_credentials"]
    assert shared.server.grants[0].scope == "events.read events.write"


async def test_the_operators_token_is_fetched_anew_shortly_before_its_end(shared: Life) -> None:
    shared.server.lifetime = 30
    stage = shared.stage()
    await events(stage, stage.dialogue())
    await events(stage, stage.dialogue())
    assert shared.server.asked == ["client_credentials"] * 2


@pytest.mark.parametrize("lifetime", ["soon", -5, None, [], 1e400, "3600"])
async def test_a_life_that_is_no_number_is_no_end(shared: Life, lifetime: object) -> None:
    shared.server.lifetime = lifetime if lifetime != 1e400 else "inf"
    stage = shared.stage()
    await events(stage, stage.dialogue())
    await events(stage, stage.dialogue())
    assert shared.server.asked == ["client_credentials"]


async def test_a_refused_token_is_renewed_once_for_all_who_had_it(shared: Life) -> None:
    stage = shared.stage()
    await events(stage, stage.dialogue())
    shared.server.grants[0].access = "revoked"
    answers = await asyncio.gather(*(events(stage, stage.dialogue()) for _ in range(4)))
    assert all("the operator" in answer for answer in answers)
    assert shared.server.asked == ["client_credentials"] * 2


async def test_a_service_that_refuses_every_token_is_asked_twice_and_no_token_is_shown(shared: Life) -> None:
    stage = shared.stage()
    shared.server.holder = lambda token: None  # type: ignore[method-assign]
    with pytest.raises(UserError) as refused:
        await events(stage, stage.dialogue())
    words = str(refused.value.values["words"])
    assert "401" in words
    assert "***" in words
    assert not any(grant.access in words for grant in shared.server.grants)
    assert shared.server.asked == ["client_credentials"] * 2


async def test_without_the_operators_secrets_a_call_says_what_to_set(shared: Life) -> None:
    shared.secrets = {}
    stage = shared.stage()
    with pytest.raises(UserError) as refused:
        await events(stage, stage.dialogue())
    assert "plugins.secrets.calendar.client_id" in str(refused.value.values["words"])


async def test_wrong_secrets_are_told_by_the_servers_word_alone(shared: Life) -> None:
    shared.secrets = {"client_id": CLIENT, "client_secret": "wrong"}
    stage = shared.stage()
    with pytest.raises(UserError) as refused:
        await events(stage, stage.dialogue())
    assert "invalid_client" in str(refused.value.values["words"])


async def test_a_secret_goes_into_the_form_where_the_server_wants_it_there(shared: Life) -> None:
    shared.server.methods = ["client_secret_post"]
    stage = shared.stage()
    assert "the operator" in await events(stage, stage.dialogue())


# ------------------------------------------------------------------------------------------------- a person's own


async def test_a_tool_that_needs_an_account_sends_the_person_a_link_and_then_works(life: Life) -> None:
    model = ScriptedModel(
        [asks("calendar_events"), "Sign in first.", asks("calendar_events"), "There it is."], calls_tools=True
    )
    stage = life.stage(model)
    ana = stage.dialogue()
    (await ana.says("What is in my calendar?")).expect("Sign in first.")
    (sent,) = [reply for reply in stage.chat.shown.values() if LINK.search(reply.text)]
    assert sent.personal
    found = LINK.search(sent.text)
    assert found
    back = await life.server.sign_in(found[1], "ana@example.org")
    notice = await page(stage, back)
    assert notice.paragraphs[0] == "You have signed in as ana@example.org."
    assert "Ana on Paper" in notice.paragraphs[1]
    question = await ana.types(notice.line)
    question.expect("ana@example.org", "calendar")
    (await ana.presses(question, "connect-yes")).expect("Connected")
    (await ana.says("What is in my calendar?")).expect("There it is.")
    told = model.requests[-1].lines[-1].text
    assert '"calendar of":"ana@example.org"' in told
    assert "***" in told
    assert life.server.of("ana@example.org").access not in told


async def test_the_link_asks_for_what_the_protocol_wants(life: Life) -> None:
    stage = life.stage()
    address = urlsplit(await link(stage.dialogue()))
    asked = dict(parse_qsl(address.query))
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "events.read events.write"
    (row,) = await stage.host.store.read(lambda session: session.exec(select(SignInRow)).all())
    begun = await stage.host.store.read(lambda session: readable(session, row))
    assert (row.state_hash, challenge(begun.verifier)) == (hashed(asked["state"]), asked["code_challenge"])
    assert asked["state"] not in repr(row.model_dump())
    assert begun.verifier not in repr(row.model_dump())


async def test_two_people_never_mix(life: Life) -> None:
    stage = life.stage()
    ana, ben = stage.dialogue(), stage.dialogue().elsewhere("ben", BEN)
    await connect(life.server, stage, ana, "ana@example.org")
    with pytest.raises(UserError, match="connect-privately"):
        await events(stage, ben)
    await connect(life.server, stage, ben, "ben@example.org")
    answers = await asyncio.gather(*(events(stage, person) for person in (ana, ben) * 4))
    assert [re.search(r"(\w+)@", answer)[1] for answer in answers] == ["ana", "ben"] * 4  # type: ignore[index]


@pytest.mark.parametrize("installed", [True, False])
async def test_help_lists_connect_if_there_is_something_to_sign_in_to(life: Life, *, installed: bool) -> None:
    stage = life.stage() if installed else life.build()
    assert ("/connect" in (await stage.dialogue().types("/help")).reply.text) is installed


async def test_nothing_is_connected_before_the_code_and_the_yes(life: Life) -> None:
    stage = life.stage()
    ana = stage.dialogue()
    notice = await page(stage, await life.server.sign_in(await link(ana), "ana@example.org"))
    with pytest.raises(UserError):
        await events(stage, ana)
    question = await ana.types(notice.line)
    with pytest.raises(UserError):
        await events(stage, ana)
    (await ana.presses(question, "connect-no")).expect("Nothing was connected")
    assert life.server.of("ana@example.org").access == ""
    assert (await ana.presses(question, "connect-yes", "#error")).expect("no longer works")


async def test_who_forwards_a_link_does_not_get_the_account_of_who_opens_it(life: Life) -> None:
    stage = life.stage()
    mallory = stage.dialogue()
    notice = await page(stage, await life.server.sign_in(await link(mallory), "victim@example.org"))
    assert "If you are not Ana on Paper" in notice.paragraphs[-1]
    for guess in ("AAAA-AAAA", "BBBB-BBBB", "", "CCCCCCCC"):
        line = f"/connect calendar {guess}"
        await mallory.types(line.strip(), "#error" if guess else "#notice")
    # Asking for another link has ended that sign-in, and the victim's tokens were given back.
    assert life.server.of("victim@example.org").access == ""
    await mallory.types(notice.line, "#error")


async def test_a_yes_that_is_made_up_before_the_code_was_written_connects_nothing(life: Life) -> None:
    stage = life.stage()
    mallory = stage.dialogue()
    await page(stage, await life.server.sign_in(await link(mallory), "victim@example.org"))
    # The id of a sign-in is in /mydata, and on the web page anybody can send any press.
    (file,) = (await mallory.types("/mydata")).reply.files
    (begun,) = json.loads(file.content)["sign_ins"]
    (await mallory.presses_action(Heard("m", Reply("")), f"connect-yes:{begun['id']}")).expect("no longer works")
    with pytest.raises(UserError):
        await events(stage, mallory)


async def test_a_code_may_be_guessed_five_times(life: Life) -> None:
    stage = life.stage()
    ana = stage.dialogue()
    notice = await page(stage, await life.server.sign_in(await link(ana), "ana@example.org"))
    for _ in range(5):
        (await ana.types("/connect calendar WRONG", "#error")).expect("not the code")
    (await ana.types(notice.line, "#error")).expect("not the code")


async def test_another_persons_code_and_press_do_nothing(life: Life) -> None:
    stage = life.stage()
    ana, ben = stage.dialogue(), stage.dialogue().elsewhere("ben", BEN)
    notice = await page(stage, await life.server.sign_in(await link(ana), "ana@example.org"))
    (await ben.types(notice.line, "#error")).expect("not the code")
    question = await ana.types(notice.line)
    (await ben.presses(question, "connect-yes", "#error")).expect("Only the person who was asked")
    (await ben.presses(question, "connect-no", "#error")).expect("Only the person who was asked")
    (await ana.presses(question, "connect-yes")).expect("Connected")
    with pytest.raises(UserError):
        await events(stage, ben)


async def test_a_restart_between_link_and_way_back_loses_nothing(life: Life) -> None:
    address = await link(life.stage().dialogue())
    later = life.stage()
    ana = later.dialogue()
    notice = await page(later, await life.server.sign_in(address, "ana@example.org"))
    last = life.stage()
    ana = last.dialogue()
    question = await ana.types(notice.line)
    await ana.presses(question, "connect-yes")
    assert "ana@example.org" in await events(last, ana)


async def test_a_state_is_good_once_and_one_that_was_made_up_never(life: Life) -> None:
    stage = life.stage()
    back = await life.server.sign_in(await link(stage.dialogue()), "ana@example.org")
    for forged in (
        {},
        {**back, "state": "A" * 43},
        {**back, "state": "%"},
        {**back, "state": back["state"][:-1] + "\n"},
    ):
        assert "used already" in (await page(stage, forged)).paragraphs[0]
    pages = await asyncio.gather(*(page(stage, back) for _ in range(4)))
    assert sorted(bool(one.line) for one in pages) == [False, False, False, True]
    assert life.server.asked == ["authorization_code"]


async def test_a_state_is_good_for_ten_minutes(life: Life) -> None:
    stage = life.stage()
    back = await life.server.sign_in(await link(stage.dialogue()), "ana@example.org")

    def age(session: Session) -> None:
        session.exec(select(SignInRow)).one().changed_at = now() - timedelta(minutes=11)

    await stage.host.store.write(age)
    assert "too old" in (await page(stage, back)).paragraphs[0]


async def test_who_does_not_agree_reads_so_and_may_begin_anew(life: Life) -> None:
    stage = life.stage()
    ana = stage.dialogue()
    life.server.denies = True
    notice = await page(stage, await life.server.sign_in(await link(ana), "ana@example.org"))
    assert notice.paragraphs == ("You did not agree, so nothing was connected with calendar.",)
    assert not notice.line
    life.server.denies = False
    (await connect(life.server, stage, ana, "ana@example.org")).expect("Connected")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"iss": "https://evil.example"}, "a different service"),
        ({"iss": None}, "a different service"),
        ({"code": "wrong"}, "did not work"),
        ({"code": None}, "did not work"),
        ({"error": "<script>alert(1)</script>"}, "did not work"),
    ],
)
async def test_an_answer_that_is_not_right_connects_nothing(
    life: Life, change: Mapping[str, str | None], words: str
) -> None:
    stage = life.stage()
    back = {**await life.server.sign_in(await link(stage.dialogue()), "ana@example.org"), **change}
    notice = await page(stage, {name: value for name, value in back.items() if value is not None})
    assert words in notice.paragraphs[0]
    assert "script" not in repr(notice)
    assert not notice.line
    assert await stage.host.store.read(lambda session: session.exec(select(SignInRow)).all()) == []


async def test_a_code_of_somebody_elses_sign_in_is_worth_nothing(life: Life) -> None:
    stage = life.stage()
    ana, ben = stage.dialogue(), stage.dialogue().elsewhere("ben", BEN)
    stolen = await life.server.sign_in(await link(ana), "ana@example.org")
    own = await life.server.sign_in(await link(ben), "ben@example.org")
    # Ben's browser is made to carry Ana's code: the verifier is not the one that it belongs to.
    assert "did not work" in (await page(stage, {**own, "code": stolen["code"]})).paragraphs[0]


# ------------------------------------------------------------------------------------------------- tokens over time


async def test_refresh_tokens_rotate_and_only_one_is_sent_at_a_time(life: Life) -> None:
    stage = life.stage()
    ana = stage.dialogue()
    await connect(life.server, stage, ana, "ana@example.org")
    for _ in range(3):
        life.server.of("ana@example.org").access = "expired"
        answers = await asyncio.gather(*(events(stage, ana) for _ in range(4)))
        assert all("ana@example.org" in answer for answer in answers)
    assert life.server.asked == ["authorization_code", *["refresh_token"] * 3]


async def test_a_refresh_token_stays_where_the_server_gives_no_new_one(life: Life) -> None:
    life.server.rotates = False
    stage = life.stage()
    ana = stage.dialogue()
    await connect(life.server, stage, ana, "ana@example.org")
    for _ in range(2):
        life.server.of("ana@example.org").access = "expired"
        assert "ana@example.org" in await events(stage, ana)


async def test_a_token_is_refreshed_shortly_before_its_end_and_the_new_one_outlives_a_restart(life: Life) -> None:
    life.server.lifetime = 30
    stage = life.stage()
    await connect(life.server, stage, stage.dialogue(), "ana@example.org")
    life.server.lifetime = 3600
    await events(stage, stage.dialogue())
    later = life.stage()
    await events(later, later.dialogue())
    assert life.server.asked == ["authorization_code", "refresh_token"]


async def test_of_two_processes_one_refreshes_and_the_other_waits_for_it(life: Life) -> None:
    one, two = life.stage(), life.stage()
    await connect(life.server, one, one.dialogue(), "ana@example.org")
    life.server.of("ana@example.org").access = "expired"
    life.server.hold, life.server.held = asyncio.Event(), asyncio.Event()
    calls = [asyncio.create_task(events(stage, stage.dialogue())) for stage in (one, two)]
    async with asyncio.timeout(10):
        await life.server.held.wait()
    done, _ = await asyncio.wait(calls, timeout=0.5)
    assert not done
    life.server.hold.set()
    assert all("ana@example.org" in answer for answer in await asyncio.gather(*calls))
    assert life.server.asked.count("refresh_token") == 1


async def test_a_server_that_fails_for_a_moment_loses_nobody(life: Life) -> None:
    stage = life.stage()
    await connect(life.server, stage, stage.dialogue(), "ana@example.org")
    life.server.of("ana@example.org").access = "expired"
    life.server.failing = True
    with pytest.raises(UserError) as refused:
        await events(stage, stage.dialogue())
    assert "temporarily_unavailable" in str(refused.value.values["words"])
    life.server.failing = False
    assert "ana@example.org" in await events(stage, stage.dialogue())


async def test_a_call_that_is_given_up_while_it_refreshes_does_not_lose_the_account(life: Life) -> None:
    stage = life.stage()
    await connect(life.server, stage, stage.dialogue(), "ana@example.org")
    life.server.of("ana@example.org").access = "expired"
    life.server.hold, life.server.held = asyncio.Event(), asyncio.Event()
    given_up = asyncio.create_task(events(stage, stage.dialogue()))
    async with asyncio.timeout(10):
        await life.server.held.wait()
    given_up.cancel()
    again = asyncio.create_task(events(stage, stage.dialogue()))
    life.server.hold.set()
    assert "ana@example.org" in await again
    assert life.server.asked.count("refresh_token") == 1


async def test_who_was_revoked_is_asked_to_sign_in_anew(life: Life) -> None:
    stage = life.stage()
    ana = stage.dialogue()
    await connect(life.server, stage, ana, "ana@example.org")
    life.server.of("ana@example.org").access = life.server.of("ana@example.org").refresh = ""
    with pytest.raises(UserError, match="connect-privately"):
        await events(stage, ana)
    assert await stage.host.store.read(lambda session: session.exec(select(ConnectionRow)).all()) == []
    (await connect(life.server, stage, ana, "ana@example.org")).expect("Connected")


async def test_a_token_goes_to_no_server_and_no_host_that_it_was_not_meant_for(life: Life, build: Build) -> None:
    stage = life.stage()
    await connect(life.server, stage, stage.dialogue(), "ana@example.org")
    document = calendar(life.server.url, life.flows)
    elsewhere = {**document, "servers": [{"url": "https://collector.example"}]}
    other = json.loads(json.dumps(document).replace("/token", "/other"))
    for changed in (elsewhere, other):
        policy = OwnerPolicy(frozenset({"calendar"}), secrets={"calendar": life.secrets})
        later: Stage = build(found=[OpenApiPlugin(read(json.dumps(changed), "calendar"))], policy=policy)
        with pytest.raises(UserError, match="connect-privately"):
            await events(later, later.dialogue())


async def test_an_operation_that_may_be_called_by_all_is_called_without_a_token(life: Life) -> None:
    stage = life.stage()
    ana = stage.dialogue()
    tool = next(one for one in stage.host.plugins["calendar"].tools if one.tool == "calendar_open")
    asker = await stage.host.asker(ana.place, ana.user, "direct")
    plugin = stage.host.plugins["calendar"]
    assert '"none"' in (await stage.host.run(plugin, tool, asker, {})).text
    await connect(life.server, stage, ana, "ana@example.org")
    assert "Bearer ***" in (await stage.host.run(plugin, tool, asker, {})).text


# ---------------------------------------------------------------------------------------------- leaving, and looking


async def test_a_person_sees_and_disconnects_their_accounts(life: Life) -> None:
    stage = life.stage()
    ana = stage.dialogue()
    (await ana.types("/connect")).expect("no account connected", "/connect calendar")
    await connect(life.server, stage, ana, "ana@example.org")
    shown = (await ana.types("/connect")).expect("calendar", "ana@example.org")
    (await ana.presses(shown, "disconnect")).expect("disconnected")
    assert (life.server.grants[0].access, life.server.grants[0].refresh) == ("", "")
    with pytest.raises(UserError):
        await events(stage, ana)


async def test_mydata_names_accounts_and_shows_no_token(life: Life) -> None:
    stage = life.stage()
    ana = stage.dialogue()
    await connect(life.server, stage, ana, "ana@example.org")
    await link(ana)
    (file,) = (await ana.types("/mydata")).reply.files
    told, grant = json.loads(file.content), life.server.grants[0]
    assert [(one["plugin"], one["account"]) for one in told["connections"]] == [("calendar", "ana@example.org")]
    assert grant.access not in file.content.decode()
    assert grant.refresh not in file.content.decode()
    assert "verifier" not in file.content.decode()


async def test_forgetme_erases_accounts_and_gives_tokens_back(life: Life) -> None:
    stage = life.stage()
    ana = stage.dialogue()
    await connect(life.server, stage, ana, "ana@example.org")
    sure = await ana.types("/forgetme")
    await ana.presses(sure, "forget")
    assert (life.server.grants[0].access, life.server.grants[0].refresh) == ("", "")
    assert await stage.host.store.read(lambda session: session.exec(select(ConnectionRow)).all()) == []


async def test_a_removed_plugin_gives_all_tokens_back(life: Life) -> None:
    stage = life.stage()
    await connect(life.server, stage, stage.dialogue(), "ana@example.org")
    await stage.signing_in.removing("calendar")
    assert life.server.grants[0].access == ""


async def test_a_service_that_cannot_be_told_does_not_keep_anybody_from_leaving(life: Life) -> None:
    life.server.told = {"revocation_endpoint": "http://127.0.0.1:9/revoke"}
    stage = life.stage()
    ana = stage.dialogue()
    await connect(life.server, stage, ana, "ana@example.org")
    shown = await ana.types("/connect")
    (await ana.presses(shown, "disconnect")).expect("disconnected")


async def test_among_others_no_link_and_no_account_is_shown(life: Life) -> None:
    stage = life.stage()
    crowd = stage.dialogue().elsewhere("hall", private=False)
    (await crowd.types("/connect calendar", "#error")).expect("in private")
    (await crowd.types("/calendar", "#error"))
    stage.chat.capabilities = replace(stage.chat.capabilities, personal=True)
    heard = await crowd.types("/connect calendar")
    assert heard.reply.personal
    assert LINK.search(heard.reply.text)


async def test_without_an_address_people_read_what_the_operator_has_to_set(life: Life) -> None:
    stage = life.stage()
    stage.signing_in.address = ""
    (await stage.dialogue().types("/connect calendar", "#error")).expect("web.public_url")


async def test_a_link_that_works_on_this_machine_alone_says_so(life: Life) -> None:
    stage = life.stage()
    (await stage.dialogue().types("/connect calendar")).expect("works on the machine that Parley runs on")
    stage.signing_in.address = "https://parley.example"
    heard = await stage.dialogue().types("/connect calendar")
    assert "works on the machine" not in heard.reply.text


async def test_a_plugin_that_is_off_or_needs_nobody_has_nothing_to_connect(life: Life) -> None:
    stage = life.stage()
    ana = stage.dialogue()
    (await ana.types("/connect weather", "#error")).expect("nothing to connect")
    await stage.host.switches.choose(ana.place, "plugin:calendar", "off")
    (await ana.types("/connect calendar", "#error")).expect("nothing to connect")
