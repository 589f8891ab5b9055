"""A community for the permission matrix: Ana, who has things, and six kinds of people who reach for them."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

from sqlmodel import Session

import plugins.builtin
from bots.web.adapter import WebChat
from config.guidelines import guidelines
from config.languages import data_language, languages
from core.labeling.rules.defaults import LabelingRules
from core.messages import AnyEvent, Place, Reply, User
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.model import PromptLine
from core.rights import Role
from core.store import conversations, hot_path, identities
from core.store.engine.database import Database, connect
from core.store.engine.migrate import migrate
from core.store.tool_records import ToolCallRecord
from core.wiring import LabelingParts
from parley import tool
from plugins.host.install.base_environment import base
from plugins.host.plugin import HostedPlugin
from plugins.host.policy import OwnerPolicy
from plugins.host.sources.builtin import built_in
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.description import read
from tests.dialogue import Dialogue, Heard
from tests.keys import KEYRING
from tests.plugin_host.authorization import CLIENT, SECRET, AuthorizationServer, by_person, served
from tests.plugin_host.authorization import calendar as described_calendar
from tests.plugin_host.stage import Stage, made, staged
from tests.plugin_host.test_installer import file
from tests.plugin_host.test_installer import tides as described_tides

OTHER = "other member"
ROLES = (*(role.name.lower() for role in list(Role)[:2]), OTHER, *(role.name.lower() for role in list(Role)[2:]))
"""The columns: every role, and another member beside the one whose thing it is."""

SQUARE = Place("paper", "server", "square")
CALLS = [ToolCallRecord("diary", "{}", "read the diary", "dear diary")]

PEOPLE: Mapping[str, User] = {
    "stranger": User("stan", "Stan"),
    "member": User("ana", "Ana"),
    OTHER: User("ben", "Ben"),
    "moderator": User("mo", "Mo", roles=frozenset({"moderators"})),
    "admin": User("ada", "Ada", admin=True),
    "owner": User("olga", "Olga", admin=True),
}
HOMES: Mapping[str, Place] = {
    **{role: Place("paper", "server", f"desk of a {role}", private=True) for role in ROLES},
    "stranger": Place("paper", "elsewhere", "desk of a stranger", private=True),
    # Whoever runs the machine talks in its terminal, which is a community of its own.
    "owner": Place("terminal", "local", "terminal", private=True),
}
OUTSIDE = ("stranger", "owner")
"""Those who cannot be in the square."""


def answer_to(lines: object) -> str | ScriptedAnswer:
    """The model's answers: it never ends one if it is asked not to."""
    text = lines[-1].text if isinstance(lines, tuple | list) and isinstance(lines[-1], PromptLine) else ""
    return ScriptedAnswer("I begin", hangs=True) if "for ever" in text else f"You said: {text}"


@dataclass
class World:
    """The core with everything wired in, on paper."""

    stage: Stage
    store: Database
    model: ScriptedModel
    shop: Path
    services: AuthorizationServer
    """The server on which people sign in for the calendar."""
    pages: dict[tuple[bool, str], WebChat] = field(default_factory=dict)
    untouched: dict[Place, Heard] = field(default_factory=dict)
    """Ana's newest answers, by place, as long as nobody has done anything with them."""
    services_asked: dict[str, Heard] = field(default_factory=dict)
    """Questions whether to install a service, by the place in which an admin was asked."""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def someone(self, role: str, place: Place | None = None) -> Dialogue:
        """A person of a role: in their own place, or in another one."""
        talk = replace(self.stage.dialogue(), user=PEOPLE[role])
        return replace(talk, place=place or HOMES[role])

    def in_square(self, role: str) -> Dialogue:
        """The same, in the channel that all members share; who cannot be there is at home."""
        return self.someone(role, None if role in OUTSIDE else SQUARE)

    def newcomer(self, role: str) -> Dialogue:
        """Somebody of a role who has said nothing yet, at home."""
        number = next(self.numbers)
        user, home = PEOPLE[role], HOMES[role]
        talk = replace(self.stage.dialogue(), user=replace(user, id=f"{user.id}-{number}"))
        return replace(talk, place=replace(home, channel=f"{home.channel} {number}"))

    async def done(self, talk: Dialogue, event: AnyEvent) -> bool:
        """Let somebody do something. Returns whether it was not refused."""
        return not await self.refusal(talk, event)

    async def refusal(self, talk: Dialogue, event: AnyEvent) -> str:
        """The words with which an event was refused; empty if it was not."""
        await talk.send(event)
        await self.stage.chat.until(lambda: event.key in self.stage.chat.finished)
        error = self.stage.chat.shown.get(f"{event.key}#error")
        return error.text if error else ""

    async def presses(self, talk: Dialogue, action: str, values: tuple[str, ...] = ()) -> bool:
        """Press a button of a message that shows nothing of what the action is about."""
        press = talk.press_action(Heard(f"elsewhere {next(self.numbers)}", Reply("")), action)
        return await self.done(talk, replace(press, values=values))

    async def answer(self, talk: Dialogue, text: str = "My secret") -> Heard:
        """An answer for which a tool was called."""
        heard = await talk.says(text)
        note = partial(conversations.note_tools, answer_id=heard.reply.answer, calls=CALLS, suggestions=[])
        await self.store.write(note)
        return heard

    async def untouched_answer(self, ana: Dialogue) -> Heard:
        """An answer of Ana's to reach for: the same one again after everybody whose attempts were refused."""
        if ana.place not in self.untouched:
            self.untouched[ana.place] = await self.answer(ana)
        return self.untouched[ana.place]

    async def agree(self, talk: Dialogue) -> None:
        """Let somebody agree to the terms."""
        await self.presses(talk, "agree:2026-01")

    async def close(self) -> None:
        """Wait for what is under way, and close the pages."""
        await self.stage.core.router.drain(1)
        for page in self.pages.values():
            page.close()

    async def begin_anew(self) -> None:
        """Let what is said next at Ana's and in the square be the beginning of a conversation."""

        def unit(session: Session) -> None:
            for place in (HOMES["member"], SQUARE):
                scene = identities.scene(session, place, PEOPLE["member"])
                hot_path.follow(session, scene.conversation_id, None)

        self.untouched.clear()
        await self.store.write(unit)

    async def community(self, place: Place = SQUARE) -> str:
        """Our id of a community."""
        return await self.store.write(lambda session: identities.community(session, place))

    async def person(self, role: str) -> str:
        """Our id of a person."""
        user, platform = PEOPLE[role], HOMES[role].platform
        return await self.store.write(lambda session: identities.person(session, platform, user))


@tool
async def ask_oracle(question: str) -> str:
    """Ask the oracle."""
    return f"You will see: {question}"


def catalogue_of(shop: Path) -> Path:
    """A catalogue with a small plugin, and a service that leaves out more than a chat shows at once."""
    shop.mkdir()
    file(shop)
    tides = described_tides()
    tides["paths"] |= {f"/many/{number}": {"head": {"operationId": f"look{number}"}} for number in range(5)}
    (shop / "tides.json").write_text(json.dumps(tides))
    sources = {"talk": "bundled:talk.py", "tides": "bundled:tides.json"}
    entries = [{"name": name, "description": "Talks.", "source": source} for name, source in sources.items()]
    path = shop / "plugins.json"
    path.write_text(json.dumps({"plugins": entries}))
    return path


def plugins_for(services: AuthorizationServer) -> tuple[Sequence[HostedPlugin], OwnerPolicy]:
    """Every plugin of ours, one that sends words away, and one at whose service people sign in."""
    calendar = OpenApiPlugin(read(json.dumps(described_calendar(services.url, by_person(services.url))), "calendar"))
    ours = built_in(Path(plugins.builtin.__file__).parent, "plugins.builtin").values()
    oracle = made({"name": "oracle", "hosts": ["oracle.example"]}, ask_oracle)
    policy = OwnerPolicy(
        # Of the others it is only asked who may call them.
        frozenset({"calculator", "reminders", "oracle", "calendar"}),
        secrets={"calendar": {"client_id": CLIENT, "client_secret": SECRET}},
        exempt=frozenset({services.url.removeprefix("http://")}),
    )
    return [*ours, oracle, calendar], policy


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """Build it in a folder. All people have agreed to the terms."""
    url = f"sqlite:///{folder / 'parley.sqlite3'}"
    await migrate(url)
    home, shop = folder / "home", folder / "shop"
    (home / "plugins").mkdir(parents=True)
    base(home)
    model = ScriptedModel(answer_to)
    work = LabelingParts(LabelingRules(gold_every=0), languages(), data_language, guidelines(), chance=Random(1))
    services = AuthorizationServer()
    async with AsyncExitStack() as stack:
        services.url = await stack.enter_async_context(served(services.app()))
        store = connect(url, KEYRING)
        stack.push_async_callback(store.close)
        found, policy = plugins_for(services)
        stage = staged(store, home, model, found=found, policy=policy, catalogue=catalogue_of(shop), work=work)
        stack.push_async_callback(stage.close)
        stage.core.router.attach("terminal", stage.chat)
        built = World(stage, store, model, shop, services)
        stack.push_async_callback(built.close)
        for role in ROLES:
            await built.agree(built.someone(role))
        stage.chat.named["moderators"] = "moderators"
        admin = built.someone("admin")
        refused = await built.refusal(admin, admin.command("/settings moderators moderators"))
        assert not refused, refused
        yield built
