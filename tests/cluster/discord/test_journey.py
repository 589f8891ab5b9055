"""What people do on Discord, with two ingresses that receive it and two workers that answer."""

import re
from pathlib import Path

import pytest

from tests.cluster.discord.living import discord_cluster, echo, last
from tests.cluster.ledger import until_rows
from tests.discord.living import answers, buttons, finished
from tests.discord.server.server import Discord
from tests.models.standin import Asked, Out

pytestmark = pytest.mark.postgres

EPHEMERAL = 1 << 6
RATED = "SELECT value FROM rating ORDER BY at"
OPEN = "SELECT count(*) FROM inbox WHERE state <> 'done'"


async def write(asked: Asked, out: Out) -> None:
    """Repeat what was said; but go on for ever when asked to."""
    if "for ever" not in last(asked):
        await echo(asked, out)
        return
    await out.head()
    await out.words("on and on")
    await out.forever()


@pytest.mark.slow
async def test_what_people_do_reaches_whoever_answers_them(world: Discord, tmp_path: Path, postgres_url: str) -> None:
    guild = world.guild()
    room, other = world.channel(guild), world.channel(guild, "other")
    helpers = world.role(guild, "Helpers")
    keeper, ana = world.person("Keeper", guild, keeper=True), world.person("Ana", guild)

    async def slowly(asked: Asked, out: Out) -> None:
        """Answer the first question once people have seen that we type, which an answer at once is no reason for."""
        if "parley" in last(asked):
            await world.until(lambda: room.id in world.typing)
        await write(asked, out)

    async with discord_cluster(world, tmp_path, postgres_url, slowly):
        asked = await ana.says(room, "What is a parley?", mention=True)
        await world.until(lambda: finished(room))
        answer = answers(room)[0]
        assert answer.content == "You said: Ana: What is a parley?"
        assert answer.reference == asked.id
        assert room.id in world.typing

        # Its commands are clickable: the ingress registered them, and the worker knows their ids.
        helped = await (await ana.commands(room, "help")).answered()
        assert re.search(r"</ask:\d+>", helped.content)
        assert helped.flags & EPHEMERAL

        # A thumb by button, then one by reaction.
        await (await ana.presses(answer, "up:")).acknowledged.wait()
        await until_rows(postgres_url, RATED, [(1,)])
        await ana.reacts(answer, "👎")
        await until_rows(postgres_url, RATED, [(-1,)])

        # A form is taken only as the first answer to the press; and what it says replaces the panel.
        panel = await (await keeper.commands(room, "settings")).answered()
        await (await keeper.presses(panel, "settings:who")).acknowledged.wait()
        await world.until(lambda: any("quotas:here" in str(row) for row in panel.components))
        form = await keeper.presses(panel, "quotas:")
        await (await keeper.submits(form, {"answers": "50"})).acknowledged.wait()
        await until_rows(postgres_url, "SELECT value FROM choice WHERE name = 'answers'", [("50",)])

        # Without the gateway, channels and roles are found by name, too.
        named = {"name": "log_channel", "value": "#other"}
        assert other.id in (await (await keeper.commands(room, "settings", named)).answered()).content
        named = {"name": "moderators", "value": "@Helpers"}
        assert helpers.id in (await (await keeper.commands(room, "settings", named)).answered()).content

        # An edit is offered to be answered again.
        await ana.edits(asked, "What is a crow?")
        await world.until(lambda: buttons(answer)[0] == "again")
        await ana.presses(answer, "again:")
        await world.until(lambda: finished(room, 2) and "crow" in answers(room)[-1].content)

        # A stop reaches the process that is writing.
        await ana.says(room, "Count for ever", mention=True)
        await world.until(lambda: "stop" in buttons(answers(room)[-1]) and "on and on" in answers(room)[-1].content)
        growing = answers(room)[-1]
        await ana.presses(growing, "stop:")
        await world.until(lambda: "continue" in buttons(growing))

        # An answer for one person alone grows in their sight, and is asked about further by a form.
        aside = await (await ana.commands(room, "ask", {"question": "And this?"})).answered()
        await world.until(lambda: "follow" in buttons(aside))
        assert aside.flags & EPHEMERAL
        more = await ana.submits(await ana.presses(aside, "follow:"), {"question": "And then?"})
        await world.until(lambda: bool(more.messages) and "follow" in buttons(more.messages[-1]))

        # A thread of one's own, where no mention is needed; and direct messages.
        pointed = await (await ana.commands(room, "new")).answered()
        (thread,) = guild.threads.values()
        assert f"<#{thread.id}>" in pointed.content
        private = await ana.dm()
        await ana.says(thread, "In a thread")
        await ana.says(private, "In private", files=[("a.txt", b"crows")])
        await world.until(lambda: finished(thread) and finished(private))
        assert "crows" in answers(private)[0].content
        await until_rows(postgres_url, OPEN, [(0,)])
