"""The rows that name nothing of anybody's: commands, and buttons about the person or the community."""

from collections.abc import Sequence

from core.messages import Submission
from tests.dialogue import Dialogue
from tests.permissions.deeds import Deed, Do, cut
from tests.permissions.world import OUTSIDE, World

OWN = "for oneself"
HERE = "for the community"

COMMANDS = {
    "start": "",
    **dict.fromkeys(("help", "stats", "new", "conversations", "link", "privacy", "private", "mydata", "forgetme"), ""),
    **dict.fromkeys(("tasks", "guide", "languages", "score", "leaderboard", "mywork", "reminders", "timezone"), ""),
    "rate": "up",
    "report": "it is wrong",
    "label": "spam",
    "retry": "",
    "delete": "",
    "ask": "What is a parley?",
    **dict.fromkeys(("explain", "summarise", "translate"), ""),
    "contribute": "",
    "more": "",
    "model": "scripted",
    "persona": "pirate",
    "preset": "k50",
    "instructions": "about I bake bread",
    "profile": "save bread",
    "remind": "in 2 hours take the bread out",
}
"""Those for oneself, each with what is typed behind it. Before them something is said, which some of them need."""

CHOICES = {"model": "scripted", "persona": "parley", "preset": "k50"}

ADMINS = {
    "settings": "language en",
    "plugin": "list",
    "moderate": "",
    "gold": "",
    "arena": "on pirate",
}

PRESSES = {
    "agree": "agree:2026-01",
    "withdraw": "withdraw:2026-01",
    "private": "private:on",
    "talks": "talks:one",
    "profile": "profile:use",
    "keep": "keep:me",
    "forget": "forget:me",
    "consent": "consent:2026-01:",
    "tasks": "tasks:menu",
    "give": "give:initial_prompt",
    "langs": "langs:menu",
    "board": "board:week:here:",
    "mywork": "mywork:prompts:0",
    "start": "start:help",
    "try": "try:1",
}
PANEL = {
    "settings": "settings:where",
    "ratings": "ratings:on",
    "recent": "recent:on",
    "threads": "threads:on",
    "quotas": "quotas:here",
    "set": "set:language",
}


def command(name: str, line: str, about: str) -> Deed:
    async def do(world: World, role: str) -> bool:
        talk = world.newcomer(role)
        await world.agree(talk)
        await world.answer(talk)
        return await world.done(talk, talk.command(f"/{name} {line}".strip()))

    return Deed("command", name, about, do)


async def carry_on(world: World, role: str) -> bool:
    talk = world.newcomer(role)
    await cut(world, talk, talk)
    return await world.done(talk, talk.command("/continue"))


async def stop(world: World, role: str) -> bool:
    talk = world.newcomer(role)
    question = talk.message("Go on for ever")
    await talk.send(question)
    await world.stage.chat.until(lambda: f"{question.key}#answer" in world.stage.chat.shown)
    return await world.done(talk, talk.command("/stop"))


def chosen(name: str, scope: str, *, shared: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        if shared and role in OUTSIDE:
            # Nothing names the channel but being there.
            return False
        talk = world.in_square(role) if shared else world.newcomer(role)
        return await world.done(talk, talk.command(f"/{name} {CHOICES[name]} {scope}"))

    return do


def offered(name: str) -> Do:
    """A command of a plugin, without what it needs: whoever is let in is told how to use it."""

    async def do(world: World, role: str) -> bool:
        talk = world.newcomer(role)
        return "Only an admin" not in await world.refusal(talk, talk.command(f"/{name}"))

    return do


def press(verb: str, action: str, about: str, values: tuple[str, ...] = ()) -> Deed:
    async def do(world: World, role: str) -> bool:
        return await world.presses(world.newcomer(role), action, values)

    return Deed("button", verb, about, do)


def form(name: str, action: str, about: str, values: dict[str, str]) -> Deed:
    async def do(world: World, role: str) -> bool:
        return await world.done(*submission(world, world.newcomer(role), action, values))

    return Deed("form", name, about, do)


async def write_persona(world: World, role: str) -> bool:
    values = {"name": f"butler{next(world.numbers)}", "text": "You are a butler."}
    return await world.done(*submission(world, world.newcomer(role), "persona:", values))


def submission(world: World, talk: Dialogue, action: str, values: dict[str, str]) -> tuple[Dialogue, Submission]:
    """A filled-in form of somebody."""
    return talk, Submission(**talk._event(f"form{next(world.numbers)}"), form=action, values=values)


def deeds(plugged: Sequence[str]) -> Sequence[Deed]:
    """All of them; `plugged` are the commands of plugins."""
    found = [command(name, line, OWN) for name, line in COMMANDS.items()]
    found += [Deed("command", "continue", OWN, carry_on), Deed("command", "stop", OWN, stop)]
    for name in CHOICES:
        own = "for a channel, in a place of one’s own"
        found.append(Deed("command", name, own, chosen(name, "channel", shared=False)))
        found.append(Deed("command", name, "for a shared channel", chosen(name, "channel", shared=True)))
        found.append(Deed("command", name, HERE, chosen(name, "community", shared=False)))
    found.append(Deed("command", "arena", OWN, offered("arena")))
    found += [command(name, line, HERE) for name, line in ADMINS.items()]
    found += [Deed("command", name, "of a plugin", offered(name)) for name in plugged if name not in COMMANDS]
    found += [press(verb, action, OWN) for verb, action in PRESSES.items()]
    found += [press(verb, action, HERE, ("en",) if verb == "set" else ()) for verb, action in PANEL.items()]
    found.append(form("instructions", "instructions:me", OWN, {"about": "I bake bread"}))
    found.append(form("quotas", "quotas:here", HERE, {"answers": "1000"}))
    found.append(Deed("form", "persona", HERE, write_persona))
    found.append(form("tool", "tool:calculate", OWN, {"expression": "2 + 2"}))
    return found
