"""The rows about plugins: installing them, what their tools ask people, and the accounts that people connect."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial

from core.ports.model import ToolCall
from core.store import connections, plugins
from plugins.host.install.plugin_source import from_terminal
from tests.dialogue import Dialogue, Heard
from tests.permissions.deeds import Deed, Do
from tests.permissions.own import OWN, command, press
from tests.permissions.world import SQUARE, World
from tests.plugin_host.test_oauth import connect, link

SIGN_IN = "Ana’s sign-in"
CODE = re.compile(r"/connect calendar [A-Z0-9-]+")
QUESTIONS: Mapping[str, tuple[str, Mapping[str, str], bool]] = {
    "tool-yes": ("remind", {"when": "in 2 hours", "what": "tea"}, False),
    "tool-no": ("remind", {"when": "in 2 hours", "what": "tea"}, False),
    "tool-always": ("ask_oracle", {"question": "Shall I?"}, True),
    "tool-all": ("ask_oracle", {"question": "Shall I go? " * 500}, True),
}
"""The buttons under a question from a tool: the tool, its arguments, and after words from outside were read."""


async def clear(world: World) -> None:
    """Let nothing be installed."""
    for row in await world.store.read(plugins.installed):
        await world.stage.installer.remove(row.name)


async def candidate(world: World, admin: Dialogue, name: str = "talk") -> Heard:
    """The question to an admin before a plugin is installed."""
    await clear(world)
    return await admin.types(f"/plugin install {name}")


def asker(world: World, place: str) -> Dialogue:
    """An admin, at home or in the square; with "another" it is another admin, at home."""
    if place == "another":
        return world.newcomer("admin")
    return world.in_square("admin") if place == "square" else world.someone("admin")


def answer_candidate(verb: str, place: str) -> Do:
    """An admin was asked whether to install a plugin."""

    async def do(world: World, role: str) -> bool:
        question = await candidate(world, asker(world, place))
        actor = world.in_square(role) if place == "square" else world.someone(role)
        return await world.presses(actor, question.action(verb))

    return do


def read_left_out(place: str) -> Do:
    """See all that is left out of a service. That answers no question, so that one is enough for everybody."""

    async def do(world: World, role: str) -> bool:
        if place not in world.services_asked:
            world.services_asked[place] = await candidate(world, asker(world, place), "tides")
        actor = world.in_square(role) if place == "square" else world.someone(role)
        return await world.presses(actor, world.services_asked[place].action("plugin-left"))

    return do


async def remove(world: World, role: str) -> bool:
    admin = world.someone("admin")
    await world.presses(admin, (await candidate(world, admin)).action("plugin-yes"))
    return await world.presses(world.someone(role), "plugin-remove:talk")


async def propose(world: World, role: str) -> bool:
    await clear(world)
    actor = world.newcomer(role)
    if await world.done(actor, actor.command("/plugin search talk")):
        return await world.done(actor, actor.command("/plugin install talk"))
    return False


async def change_owners(world: World, role: str) -> bool:
    """Remove what the owner of the machine has installed."""
    await candidate(world, world.someone("admin"))
    async with world.stage.installer.fetched(from_terminal(str(world.shop / "talk.py"))) as found:
        await world.stage.installer.install(found)
    actor = world.newcomer(role)
    return await world.done(actor, actor.command("/plugin remove talk"))


def answer_tool(verb: str, *, shared: bool) -> Do:
    """Ana was asked whether to run a tool."""

    async def do(world: World, role: str) -> bool:
        ana = world.someone("member", SQUARE if shared else None)
        await world.presses(ana, "ask-again:oracle")
        name, given, outside = QUESTIONS[verb]
        event, number = ana.message("Do it"), str(next(world.numbers))
        await world.stage.toolbox.use(event, ToolCall(number, name, json.dumps(given)), outside=outside)
        question = await ana.finished(f"{event.key}#{number}#confirm")
        actor = world.in_square(role) if shared else world.someone(role)
        return await world.presses(actor, question.action(verb))

    return do


async def ask_again(world: World, role: str) -> bool:
    """Take back what Ana has allowed."""
    person_id = await world.person("member")
    await world.store.write(lambda session: plugins.allow_hosts(session, person_id, "oracle", ["oracle.example"]))
    await world.presses(world.someone(role), "ask-again:oracle")
    return not await world.store.read(lambda session: plugins.allowed_hosts(session, person_id, "oracle"))


async def returned(world: World) -> str:
    """The command with the code that Ana writes in the chat after she has signed in."""
    back = await world.services.sign_in(await link(world.someone("member")), "ana@example.com")
    notice = await world.stage.signing_in.returned(back, "en")
    assert CODE.fullmatch(notice.line)
    return notice.line


async def prove(world: World, role: str) -> bool:
    line, actor = await returned(world), world.someone(role)
    return await world.done(actor, actor.command(line))


def answer_sign_in(verb: str) -> Do:
    """Ana was asked whether the account is the one that she means."""

    async def do(world: World, role: str) -> bool:
        question = await world.someone("member").types(await returned(world))
        return await world.presses(world.someone(role), question.action(verb))

    return do


async def disconnect(world: World, role: str) -> bool:
    """Take Ana's account away."""
    ana = world.someone("member")
    find = partial(connections.find, person_id=await world.person("member"), plugin="calendar")
    if not await world.store.read(find):
        await connect(world.services, world.stage, ana, "ana@example.com")
    await world.presses(world.someone(role), "disconnect:calendar")
    return not await world.store.read(find)


def deeds() -> Sequence[Deed]:
    """All of them."""
    found = [
        Deed("command", "plugin", "search the catalogue, and ask to install a plugin from it", propose),
        Deed("command", "plugin", "update, roll back or remove what the machine’s owner installed", change_owners),
        Deed("button", "plugin-remove", "what an admin of the community installed", remove),
        command("connect", "", OWN),
        command("connect", "calendar", OWN),
        Deed("command", "connect", f"{SIGN_IN}, by the code that only its page shows", prove),
        *(Deed("button", verb, SIGN_IN, answer_sign_in(verb)) for verb in ("connect-yes", "connect-no")),
        Deed("button", "disconnect", "Ana’s connected account", disconnect),
        press("ask-again", "ask-again:oracle", OWN),
        Deed("button", "ask-again", "Ana’s permission to send her words to a host", ask_again),
    ]
    for about, shared in (
        ("Ana’s question from a tool", False),
        ("Ana’s question from a tool, in a shared channel", True),
    ):
        found += [Deed("button", verb, about, answer_tool(verb, shared=shared)) for verb in QUESTIONS]
    for about, place in (
        ("a question to this admin, in a private place", "home"),
        ("a question to an admin in a shared channel, from there", "square"),
        ("a question to another admin, in a private place", "another"),
    ):
        found += [Deed("button", verb, about, answer_candidate(verb, place)) for verb in ("plugin-yes", "plugin-no")]
        found.append(Deed("button", "plugin-left", about, read_left_out(place)))
    return found
