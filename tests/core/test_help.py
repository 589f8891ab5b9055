"""core.commands.help: /help and /stats."""

import re
from collections.abc import Callable

import pytest

from bots.discord.render import content
from bots.slack.render import blocks
from bots.telegram.render import html
from bots.web.markdown import parser
from core.commands.registry import Command
from core.delivery.call import CommandCall
from core.messages import Place, Reply, User
from tests.core.conftest import Talk
from tests.dialogue import Heard

pytestmark = pytest.mark.above_the_store

COMMAND = re.compile(r"`/(\w+)")
SURFACES: dict[str, Callable[[Reply], str]] = {
    "discord": content,
    "slack": lambda reply: "\n".join(block["text"] for block in blocks(reply)),
    "telegram": html,
    "web": lambda reply: parser().render(reply.text),
}


async def test_help_lists_every_command_and_stats_count(talk: Talk) -> None:
    dialogue = talk()
    await dialogue.says("Hi")
    await dialogue.types("/rate up")
    commands = "help new retry continue stop model persona preset instructions rate privacy mydata forgetme stats"
    (await dialogue.types("/help")).expect(*(f"/{name}" for name in commands.split()))
    (await dialogue.types("/stats")).expect("answers 1", "👍 1", "rated 1")
    (await dialogue.types("/retyr", "#error")).expect("/retry")


async def test_help_is_grouped_by_what_a_person_wants_to_do(talk: Talk) -> None:
    admin = talk()
    talk_group, rating, settings, data, community = groups(await admin.types("/help"))
    assert talk_group == [
        "Talk and steer an answer",
        *("arena", "ask", "continue", "conversations", "delete", "explain", "help", "more"),
        *("new", "retry", "start", "stop", "summarise", "translate"),
    ]
    assert rating == ["Say how good an answer was", "label", "rate", "report"]
    assert settings == ["Your settings", "instructions", "link", "model", "persona", "preset", "profile"]
    assert data == ["Your data and privacy", "forgetme", "mydata", "privacy", "private"]
    assert community == ["This community", "moderate", "settings", "stats"]


async def test_help_shows_nobody_what_they_may_not_do(talk: Talk) -> None:
    member = talk().elsewhere("desk of Ben", User("ben", "Ben"))
    assert groups(await member.types("/help"))[-1] == ["This community", "stats"]
    assert "/settings" not in (await member.types("/setings", "#error")).reply.text


async def test_a_group_without_commands_has_no_heading(talk: Talk) -> None:
    dialogue = talk()
    assert "Tools and plugins" not in (await dialogue.types("/help")).reply.text
    dialogue.core.records.menu.more = lambda: [Command("roll", "plugins", begin, description="Roll a die.")]
    assert ["Tools and plugins", "roll"] in groups(await dialogue.types("/help"))


async def test_commands_of_what_is_switched_off_are_not_listed(talk: Talk) -> None:
    async def off(place: Place) -> bool:
        return False

    dialogue = talk()
    dialogue.core.records.menu.more = lambda: [
        Command("roll", "plugins", begin, description="Roll a die.", is_on=off),
        Command("work", "tasks", begin, description="Do a task."),
    ]
    told = await dialogue.types("/help")
    assert "/roll" not in told.reply.text
    assert "/work" in told.reply.text
    # What would only be refused is not suggested, either.
    assert "/roll" not in (await dialogue.types("/rol", "#error")).reply.text
    (await dialogue.types("/wrok", "#error")).expect("/work")
    await dialogue.types("/settings tasks off")
    assert "/work" not in (await dialogue.types("/help")).reply.text


async def test_help_says_how_one_talks_to_it_here(talk: Talk) -> None:
    private = talk()
    (await private.types("/help")).expect("Write me a message")
    square = private.elsewhere("7", private=False)
    (await square.types("/help")).expect("Mention me")
    await square.types("/settings always 7")
    (await square.types("/help")).expect("Write me a message")
    await square.types("/settings always default")
    await square.types("/settings channels 8")
    (await square.types("/help")).expect("I do not answer messages in this channel")


@pytest.mark.parametrize("render", SURFACES.values(), ids=SURFACES)
async def test_each_heading_and_command_has_a_line_of_its_own(talk: Talk, render: Callable[[Reply], str]) -> None:
    shown = render((await talk().types("/help")).reply).splitlines()
    headings = [line for line in shown if re.search(r"(?:\*\*|<b>|<strong>)\w", line)]
    commands = [line for line in shown if re.search(r"[`>]/\w", line)]
    assert (len(headings), len(commands)) == (5, 30)


def groups(told: Heard) -> list[list[str]]:
    """The headings of /help, each with its commands."""
    blocks = [block.splitlines() for block in told.reply.text.split("\n\n") if block.startswith("**")]
    return [[lines[0].strip("*"), *(COMMAND.findall(line)[0] for line in lines[1:])] for lines in blocks]


async def begin(call: CommandCall) -> None:
    """Do nothing."""
