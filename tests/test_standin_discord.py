"""The Discord on loopback, proven with the real, unmodified discord.py client."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Sized
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from tests.standin_discord import Discord, channel_routes, discord_server, interactions, messages, payloads, routes
from tests.standin_discord.interactions import Interaction
from tests.standin_discord.mentions import Pings
from tests.standin_discord.specification import Specification, folder, published
from tests.standin_discord.world import Payload

OPTIONS: dict[str, Any] = {"intents": discord.Intents(guilds=True, messages=True, reactions=True, message_content=True)}
OPTIONS |= {"guild_ready_timeout": 0.05}


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    """The server, held to the published description where that is there; the client is pointed at it."""
    async with discord_server(published(), check_replies=True) as running:
        monkeypatch.setattr(Route, "BASE", running.api)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(running.gateway))
        yield running
        assert running.mistakes == []


@asynccontextmanager
async def connected(client: discord.Client, server: Discord) -> AsyncIterator[discord.Client]:
    """The client, from its login to its end."""
    async with client:
        await client.login(server.token)
        running = asyncio.create_task(client.connect())
        try:
            await asyncio.wait_for(client.wait_until_ready(), 20)
            yield client
        finally:
            await client.close()
            await asyncio.gather(running, return_exceptions=True)


def text_channel(client: discord.Client, id: str) -> discord.TextChannel:
    """A channel that the client knows."""
    found = client.get_channel(int(id))
    assert isinstance(found, discord.TextChannel)
    return found


def longer(things: Sized, known: int) -> bool:
    """Whether there are more than so many."""
    return len(things) > known


class Echo(discord.Client):
    """Answers everybody, and remembers what it is told."""

    def __init__(self, server: Discord, **options: Any) -> None:
        super().__init__(**{**OPTIONS, **options})
        self.server = server
        self.heard: list[discord.Message] = []
        self.reactions: list[tuple[str, str, int]] = []
        self.resumes = 0

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """At once: the client would wait for 5 s."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        self.server.changed()
        if self.user and message.author.id != self.user.id:
            await message.reply(f"You said: {message.content}", mention_author=False)

    async def on_resumed(self) -> None:
        self.resumes += 1
        self.server.changed()

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self.reactions.append(("add", event.emoji.name, event.user_id))
        self.server.changed()

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.reactions.append(("remove", event.emoji.name, event.user_id))
        self.server.changed()


async def test_a_message_is_answered_with_a_nonce(server: Discord) -> None:
    channel, ana = server.guild("Garden", members=3).channel("general"), server.person("Ana")
    async with connected(Echo(server), server):
        sent = await ana.says(channel, "Hello", mention=True)
        await server.until(lambda: len(channel.messages) == 2)
        answer = channel.messages[1]
        assert (answer.author, answer.reference) == (server.me, sent.id)
        assert answer.content == f"You said: <@{server.me.id}> Hello"
        assert answer.nonce


async def test_reactions_come_and_go_on_messages_that_the_client_does_not_know(server: Discord) -> None:
    guild = server.guild()
    channel, ana = guild.channel(), server.person("Ana")
    guild.join(ana)
    old = await ana.says(channel, "Before you came")
    echo = Echo(server)
    async with connected(echo, server):
        await ana.reacts(old, "👍")
        await ana.unreacts(old, "👍")
        await server.until(lambda: len(echo.reactions) == 2)
        assert echo.reactions == [("add", "👍", int(ana.id)), ("remove", "👍", int(ana.id))]
        found = await text_channel(echo, channel.id).fetch_message(int(old.id))
        await found.add_reaction("👀")
        await server.until(lambda: len(echo.reactions) == 3)
        assert old.reactions == {"👀": {server.me.id}}


class Form(discord.ui.Modal, title="Tell us"):
    """A form with an old-fashioned field and a new one."""

    why: discord.ui.TextInput["Form"] = discord.ui.TextInput(label="Why", custom_id="why")
    how: discord.ui.Label["Form"] = discord.ui.Label(
        text="How",
        component=discord.ui.Select(custom_id="how", options=[discord.SelectOption(label="Well", value="1")]),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        select = self.how.component
        assert isinstance(select, discord.ui.Select)
        await interaction.response.send_message(f"{self.why.value} {select.values}", ephemeral=True)


class Buttons(discord.ui.View):
    """A button that shows a form, one that changes its message, and a select."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, interaction: discord.Interaction, button: discord.ui.Button["Buttons"]) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.button(label="Change", custom_id="change")
    async def change(self, interaction: discord.Interaction, button: discord.ui.Button["Buttons"]) -> None:
        await interaction.response.edit_message(content="Changed", view=None)

    @discord.ui.select(custom_id="pick", options=[discord.SelectOption(label=name) for name in ("a", "b")])
    async def pick(self, interaction: discord.Interaction, select: discord.ui.Select["Buttons"]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"Picked {select.values[0]}")


class Commanded(discord.Client):
    """Has commands of each kind, registered when it logs in."""

    def __init__(self) -> None:
        super().__init__(**OPTIONS)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(app_commands.Command(name="slow", description="Slow", callback=slow))
        self.tree.add_command(app_commands.Command(name="panel", description="Buttons", callback=panel))
        self.tree.add_command(app_commands.ContextMenu(name="Rate", callback=rate))
        self.tree.add_command(use)

    async def setup_hook(self) -> None:
        self.add_view(Buttons())
        await self.tree.sync()


async def slow(interaction: discord.Interaction, word: str) -> None:
    await interaction.response.defer(thinking=True)
    await interaction.edit_original_response(content=f"Slowly: {word}")
    said = await interaction.followup.send("For you alone", ephemeral=True, wait=True)
    await said.edit(content="For you alone, again")


async def panel(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Choose", view=Buttons(), ephemeral=True)


async def rate(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"{interaction.locale}: {message.content}", ephemeral=True)


async def suggest(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name.upper(), value=name) for name in ("small", "smart") if name.startswith(typed)]


@app_commands.command(description="Use a model")
@app_commands.autocomplete(model=suggest)
@app_commands.default_permissions(manage_guild=True)
async def use(interaction: discord.Interaction, model: str) -> None:
    await interaction.response.send_message(model)


async def test_a_slash_command_is_deferred_answered_and_followed_up(server: Discord) -> None:
    guild = server.guild()
    channel, ana = guild.channel(), server.person("Ana")
    guild.join(ana)
    async with connected(Commanded(), server):
        made = await ana.commands(channel, "slow", {"word": "hello"})
        answer = await made.answered()
        assert (answer.content, answer.ephemeral) == ("Slowly: hello", False)
        assert channel.messages == [answer]
        await server.until(lambda: len(made.messages) == 2 and made.messages[1].edits[-1].endswith("again"))
        assert made.messages[1].ephemeral
        assert [one["type"] for one in made.responses] == [5, None]
        with pytest.raises(AssertionError, match="required options are missing"):
            await ana.commands(channel, "slow")
        with pytest.raises(AssertionError, match="no command 'fast'"):
            await ana.commands(channel, "fast")
    assert server.syncs == 1


async def test_buttons_forms_and_selects_under_an_ephemeral_message(server: Discord) -> None:
    guild = server.guild()
    channel, ana, ben = guild.channel(), server.person("Ana"), server.person("Ben")
    guild.join(ana)
    guild.join(ben)
    async with connected(Commanded(), server):
        shown = await (await ana.commands(channel, "panel")).answered()
        assert shown.ephemeral
        assert channel.messages == []
        filled = await ana.submits(await ana.presses(shown, "form"), {"why": "because", "how": ["1"]})
        assert (await filled.answered()).content == "because ['1']"
        await (await ana.selects(shown, "pick", ["b"])).answered()
        assert shown.content == "Picked b"
        with pytest.raises(AssertionError, match="another person cannot see"):
            await ben.presses(shown, "change")
        await (await ana.presses(shown, "Change")).answered()
        assert (shown.content, shown.components, shown.edits) == ("Changed", [], ["Choose", "Picked b", "Changed"])


async def test_a_menu_command_and_suggestions(server: Discord) -> None:
    guild = server.guild()
    channel, ana, eve = guild.channel(), server.person("Ana", locale="de", manager=True), server.person("Eve")
    guild.join(ana)
    guild.join(eve)
    async with connected(Commanded(), server):
        sent = await ana.says(channel, "Rate me")
        assert (await (await ana.uses(sent, "Rate")).answered()).content == "de: Rate me"
        offered = await ana.completes(channel, "use", option="model", typed="sma")
        assert offered == [{"name": "SMALL", "value": "small"}, {"name": "SMART", "value": "smart"}]
        assert (await (await ana.commands(channel, "use", {"model": "small"})).answered()).content == "small"
        with pytest.raises(AssertionError, match="is not offered"):
            await eve.commands(channel, "use", {"model": "small"})
        direct = await ana.dm()
        assert (await (await ana.commands(direct, "slow", {"word": "x"})).answered()).content == "Slowly: x"


async def test_an_interaction_has_its_times(server: Discord) -> None:
    guild = server.guild()
    channel, ana = guild.channel(), server.person("Ana")
    guild.join(ana)
    codes: list[int] = []

    async def late(interaction: discord.Interaction, kind: str) -> None:
        try:
            if kind == "first":
                server.forward(4)
            await interaction.response.send_message("In time")
            server.forward(16 * 60 if kind == "token" else 0)
            await (interaction.followup.send("More") if kind == "token" else twice(interaction))
        except discord.HTTPException as error:
            codes.append(error.code)
            server.changed()

    async def twice(interaction: discord.Interaction) -> None:
        again = discord.InteractionResponse(interaction)
        await again.send_message("Twice")

    client = Commanded()
    client.tree.add_command(app_commands.Command(name="late", description="Late", callback=late))
    async with connected(client, server):
        for kind in ("first", "token", "twice"):
            known = len(codes)
            await ana.commands(channel, "late", {"kind": kind})
            await server.until(partial(longer, codes, known))
    assert codes == [10062, 50027, 40060]


@pytest.mark.parametrize("kind", ["close", "reconnect", "abort"])
async def test_what_was_missed_is_replayed_after_a_lost_connection(server: Discord, kind: str) -> None:
    channel, ana = server.guild().channel(), server.person("Ana")
    echo = Echo(server)
    async with connected(echo, server):
        await ana.says(channel, "One")
        await server.until(lambda: len(channel.messages) == 2)
        server.drop(kind)
        await ana.says(channel, "Two")
        await server.until(lambda: len(channel.messages) == 4 and echo.resumes == 1)
        assert [one.content for one in channel.messages if one.author is ana.account] == ["One", "Two"]
        assert (server.sessions.identifies, server.sessions.resumes) == (1, 1)


async def test_a_resume_may_repeat_what_was_heard(server: Discord) -> None:
    server.duplicates = True
    channel, ana = server.guild().channel(), server.person("Ana")
    echo = Echo(server)
    async with connected(echo, server):
        await ana.says(channel, "One")
        await server.until(lambda: len(echo.heard) == 2)
        server.drop("close")
        await server.until(lambda: echo.resumes == 1)
        assert [one.content for one in echo.heard if one.author.id == int(ana.id)] == ["One", "One"]


async def test_a_lost_session_begins_anew_without_what_was_missed(server: Discord) -> None:
    channel, ana = server.guild().channel(), server.person("Ana")
    echo = Echo(server)
    async with connected(echo, server):
        server.drop("invalid")
        missed = await ana.says(channel, "Missed")
        await server.until(lambda: server.sessions.identifies == 2)
        await ana.says(channel, "Heard")
        await server.until(lambda: any(one.content == "Heard" for one in echo.heard))
        assert missed.id not in [str(one.id) for one in echo.heard]
        found = [one async for one in text_channel(echo, channel.id).history(limit=10)]
        assert str(found[-1].id) == missed.id


async def test_it_can_be_away_for_a_while(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda self: 0.01)
    channel, ana = server.guild().channel(), server.person("Ana")
    echo = Echo(server)
    async with connected(echo, server):
        server.offline()
        await ana.says(channel, "While away")
        server.online()
        await server.until(lambda: len(channel.messages) == 2)


async def test_the_client_waits_as_long_as_a_429_says(server: Discord) -> None:
    channel, ana = server.guild().channel(), server.person("Ana")
    async with connected(Echo(server), server):
        for number, scope in enumerate(("user", "global", "shared"), start=1):
            server.limit("POST", "/channels/{channel_id}/messages", seconds=0.2, scope=scope)
            await ana.says(channel, scope)
            await server.until(partial(longer, channel.messages, 2 * number - 1))
    posts = [one.status for one in server.requests if one.method == "POST"]
    assert posts == [429, 200] * 3
    assert server.impatient == []
    assert server.limits.refused == 3


async def test_a_rate_is_told_in_the_headers(server: Discord) -> None:
    server.rate("POST", "/channels/{channel_id}/messages", requests=2, seconds=0.3)
    channel, ana = server.guild().channel(), server.person("Ana")
    async with connected(Echo(server), server):
        for number in range(5):
            await ana.says(channel, str(number))
        await server.until(lambda: len(channel.messages) == 10)
    assert server.impatient == []


async def test_an_answer_that_got_lost_is_not_posted_twice(server: Discord) -> None:
    channel = server.guild().channel()
    async with connected(Echo(server), server) as client:
        server.lose("POST", "/channels/{channel_id}/messages")
        room = text_channel(client, channel.id)
        with pytest.raises(aiohttp.ClientError):
            await room.send("Once", nonce=42)
        again = await room.send("Once", nonce=42)
        assert [one.id for one in channel.messages] == [str(again.id)]


async def test_files_go_both_ways(server: Discord) -> None:
    channel, ana = server.guild().channel(), server.person("Ana")
    echo = Echo(server)
    async with connected(echo, server):
        await ana.says(channel, "See", files=[("a.py", b"print()", "text/x-python")])
        await server.until(lambda: len(echo.heard) == 2)
        attachment = echo.heard[0].attachments[0]
        assert (attachment.filename, await attachment.read()) == ("a.py", b"print()")
        file = discord.File(__file__, filename="b.py", description="A test")
        sent = await text_channel(echo, channel.id).send("Mine", file=file)
        assert (await sent.attachments[0].read()).startswith(b'"""The Discord on loopback')
        assert channel.by_id[str(sent.id)].attachments[0]["description"] == "A test"


class Sharded(discord.AutoShardedClient):
    """Remembers on which shard each message was heard."""

    def __init__(self, server: Discord, **options: Any) -> None:
        super().__init__(**OPTIONS, **options)
        self.server = server
        self.heard: list[tuple[str, int | None]] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """At once: the client would wait for 5 s."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append((message.content, message.guild.shard_id if message.guild else None))
        self.server.changed()


async def test_each_shard_hears_of_its_guilds(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL("ws://127.0.0.1:9/nowhere"))
    server.shards = 2
    rooms = [server.guild(name).channel() for name in ("One", "Two", "Three")]
    ana = server.person("Ana")
    client = Sharded(server)
    async with connected(client, server):
        for room in (*rooms, await ana.dm()):
            await ana.says(room, room.guild.name if room.guild else "Direct")
        await server.until(lambda: len(client.heard) == 4)
    assert sorted(client.heard, key=str) == sorted(
        [(room.guild.name, room.guild.shard(2)) for room in rooms if room.guild] + [("Direct", None)], key=str
    )
    assert {shard for _, shard in client.heard} == {0, 1, None}


async def test_two_processes_share_the_shards(server: Discord) -> None:
    rooms = [server.guild(name).channel() for name in ("One", "Two")]
    ana = server.person("Ana")
    first, second = (Sharded(server, shard_ids=[shard], shard_count=2) for shard in (0, 1))
    async with connected(first, server), connected(second, server):
        for room in rooms:
            await ana.says(room, "Hello")
        await server.until(lambda: len(first.heard) == len(second.heard) == 1)
    assert {first.heard[0][1], second.heard[0][1]} == {0, 1}


async def test_without_the_intent_only_what_concerns_the_bot_can_be_read(server: Discord) -> None:
    server.intents.clear()
    guild = server.guild()
    channel, ana = guild.channel(), server.person("Ana")
    echo = Echo(server, intents=discord.Intents(guilds=True, messages=True))
    async with connected(echo, server):
        await ana.says(channel, "Overheard")
        await ana.says(channel, "Mentioned", mention=True)
        await ana.says(await ana.dm(), "Direct")
        await server.until(lambda: len(echo.heard) == 6)
        theirs = [one.content for one in echo.heard if one.author.id == int(ana.id)]
        assert theirs == ["", f"<@{server.me.id}> Mentioned", "Direct"]
        own = next(one for one in channel.messages if one.author is server.me)
        await ana.says(channel, "A reply", reply_to=own)
        await server.until(lambda: len(echo.heard) == 8)
        assert echo.heard[6].content == "A reply"
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with Echo(server) as refused:
            await refused.start(server.token)


async def test_a_wrong_token_is_refused(server: Discord) -> None:
    async with Echo(server) as client:
        with pytest.raises(discord.LoginFailure):
            await client.login("wrong")


async def test_the_real_client_unpacks_what_the_gateway_packs(server: Discord) -> None:
    server.compress = True
    channel, ana = server.guild().channel(), server.person("Ana")
    async with connected(Echo(server), server):
        await ana.says(channel, "Hello")
        await server.until(lambda: len(channel.messages) == 2)


async def test_frames_are_one_zlib_stream_where_that_is_asked_for(server: Discord) -> None:
    server.compress = True
    unpack = zlib.decompressobj()
    url = f"{server.gateway}?v=10&compress=zlib-stream"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        hello = json.loads(unpack.decompress(await socket.receive_bytes(timeout=5)))
        await socket.send_json({"op": 2, "d": {"token": server.token, "intents": 1, "properties": {}}})
        ready = json.loads(unpack.decompress(await socket.receive_bytes(timeout=5)))
    assert (hello["op"], ready["t"]) == (10, "READY")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"op": 2, "d": {"token": "wrong", "intents": 1}}, 4004),
        ({"op": 2, "d": {"token": "bot.token.for-tests", "intents": 1, "shard": [2, 2]}}, 4010),
        ({"op": 2, "d": {"token": "bot.token.for-tests", "intents": 1 << 30}}, 4013),
        ({"op": 2, "d": {"token": "bot.token.for-tests", "intents": 1 << 1}}, 4014),
        ({"op": 8, "d": {}}, 4003),
        ({"op": 99, "d": {}}, 4001),
        ({"op": 3, "d": "x" * 5000}, 4002),
    ],
)
async def test_the_gateway_closes_as_documented(server: Discord, frame: dict[str, Any], code: int) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway) as socket:
        await socket.receive_json(timeout=5)
        await socket.send_json(frame)
        closed = await socket.receive(timeout=5)
    assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, code)


async def test_threads(server: Discord) -> None:
    guild = server.guild()
    channel, ana = guild.channel(), server.person("Ana")
    guild.join(ana)
    echo = Echo(server)
    async with connected(echo, server):
        topic = channel.thread("topic", ana)
        await ana.says(topic, "In the thread")
        await server.until(lambda: len(topic.messages) == 2)
        sent = await ana.says(channel, "Begin")
        await server.until(lambda: any(one.content == "Begin" for one in echo.heard))
        opened = await next(one for one in echo.heard if one.content == "Begin").create_thread(name="Mine")
        assert (str(opened.id), sent.thread) == (sent.id, server.channels[sent.id])
        assert len(await text_channel(echo, channel.id).guild.active_threads()) == 2


async def test_a_large_guild_and_guilds_that_come_later(server: Discord) -> None:
    server.all_members = True
    server.guild("Large", members=10_000, channels=500)
    client = Echo(server)
    async with connected(client, server):
        assert [len(guild.channels) for guild in client.guilds] == [500]
        later = server.guild("Later")
        channel, ana = later.channel("new"), server.person("Ana")
        await ana.says(channel, "Hello")
        await server.until(lambda: len(channel.messages) == 2)
        later.leaves()
        await server.until(lambda: len(client.guilds) == 1 or client.get_guild(int(later.id)) is None)


async def test_permissions_and_closed_doors(server: Discord) -> None:
    guild = server.guild()
    channel, hidden = guild.channel("quiet"), guild.channel("hidden")
    channel.deny("SEND_MESSAGES")
    hidden.deny("VIEW_CHANNEL")
    closed = server.person("Eve", closed=True)
    theirs = await server.bot("Other").says(channel, "I am a bot")
    hook = await server.webhook_says(channel, "I am a webhook")
    async with connected(Echo(server), server) as client:
        room = text_channel(client, channel.id)
        seen = [one async for one in room.history(after=discord.Object(0))]
        assert [(one.author.bot, one.webhook_id is not None) for one in seen] == [(True, False), (True, True)]
        tries = {
            50013: room.send("Hello"),
            50001: client.fetch_channel(int(hidden.id)),
            50007: (await client.fetch_user(int(closed.id))).send("Hello"),
            50005: client.http.edit_message(
                int(channel.id), int(theirs.id), params=discord.http.MultipartParameters({"content": "x"}, None, None)
            ),
            10008: room.fetch_message(1),
        }
        for code, attempt in tries.items():
            with pytest.raises(discord.HTTPException) as refused:
                await attempt
            assert refused.value.code == code
    assert hook.author.webhook


async def test_whom_a_message_alerts(server: Discord) -> None:
    guild = server.guild()
    channel, ana = guild.channel(), server.person("Ana")
    role = guild.role("Team", mentionable=True)
    text = f"@everyone {ana.mention} <@&{role.id}> `@here`"
    async with connected(Echo(server), server) as client:
        room = text_channel(client, channel.id)
        await room.send(text, allowed_mentions=discord.AllowedMentions.none())
        await room.send(text, allowed_mentions=discord.AllowedMentions(everyone=False, roles=False, users=True))
        await room.send(text)
    quiet, people, loud = (one.mentions_parsed for one in channel.messages)
    assert not quiet
    assert people == Pings(users=frozenset({ana.id}))
    assert loud == Pings(frozenset({ana.id}), frozenset({role.id}), everyone=True)


async def test_what_happens_to_messages_is_told(server: Discord) -> None:
    channel, ana = server.guild().channel(), server.person("Ana")
    told: list[str] = []

    class Watching(Echo):
        async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
            told.append(event.data["content"])
            server.changed()

        async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
            told.append(str(event.message_id))
            server.changed()

    async with connected(Watching(server), server):
        sent = await ana.says(channel, "One", mention=True)
        await ana.edits(sent, "Two")
        await ana.deletes(sent)
        await server.until(lambda: len(told) >= 2)
    assert told == [f"<@{server.me.id}> Two", sent.id]


async def test_typing_and_failures(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = server.guild().channel()
    async with connected(Echo(server), server) as client:
        server.fail("POST", "/channels/{channel_id}/typing", 403)
        room = text_channel(client, channel.id)
        with pytest.raises(discord.Forbidden):
            await room.typing()
        await room.typing()
    assert server.typing == [channel.id]


async def test_a_heartbeat_is_answered(server: Discord) -> None:
    server.sessions.heartbeat = 100
    async with connected(Echo(server), server) as client:
        await server.until(lambda: server.sessions.heartbeats >= 3)
        assert client.latency < 20


async def test_what_the_real_one_would_refuse_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="there is no such route"):
        async with discord_server() as server, aiohttp.ClientSession() as session:
            assert (await session.get(f"{server.api}/teapots")).status == 501


async def test_until_says_what_was_waited_for(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.standin_discord.server.PATIENCE", 0.01)
    with pytest.raises(TimeoutError, match="the end of days"):
        await server.until(lambda: False, "the end of days")
    with pytest.raises(TimeoutError, match="server.typing"):
        await server.until(lambda: server.typing)


@pytest.fixture
def specification() -> Specification:
    """Discord's published description; without it the test is skipped."""
    found = published()
    if found is None:
        pytest.skip(f"Discord's published description is not in {folder()}: set PARLEY_API_SPECS to where it is")
    return found


async def test_the_objects_in_events_conform(server: Discord, specification: Specification) -> None:
    guild = server.guild("Garden", members=2)
    channel, ana = guild.channel(), server.person("Ana", manager=True)
    member = guild.join(ana)
    sent = await ana.says(channel, "Hello", mention=True, files=[("a.py", b"1")])
    reply = await ana.says(channel, "Again", reply_to=sent)
    await ana.reacts(sent, "👍")
    topic, on = channel.thread("topic", ana), channel.thread("on", ana, on=sent)
    hook, direct = await server.webhook_says(channel, "Hook"), await (await ana.dm()).server.person("Ben").dm()
    written = [*channel.messages, await ana.says(topic, "In it"), hook, await ana.says(direct, "Direct")]
    bare = messages.event(server, reply, resolved=False)
    assert "referenced_message" not in bare
    things: dict[str, list[Payload]] = {
        "MessageResponse": [messages.event(server, one) for one in written] + [messages.seen(server, sent), bare],
        "UserResponse": [payloads.user(ana.account), payloads.user(server.me)],
        "GuildMemberResponse": [payloads.member(member)],
        "GuildRoleResponse": [payloads.role(role, number) for number, role in enumerate(guild.roles)],
        "GuildChannelResponse": [payloads.channel(channel)],
        "ThreadResponse": [payloads.channel(topic), payloads.channel(on)],
        "PrivateChannelResponse": [payloads.channel(direct)],
        "GuildResponse": [payloads.full_guild(guild, list(guild.members.values()), [topic])],
    }
    faults = {name: [specification.object_fault(name, one) for one in found] for name, found in things.items()}
    assert {name: found for name, found in faults.items() if any(found)} == {}


async def test_every_route_is_one_of_discords(specification: Specification) -> None:
    every = [*routes.ROUTES, *channel_routes.ROUTES, *interactions.ROUTES]
    assert [one for one in every if not specification.knows(one.method, one.template)] == []


async def test_replies_to_reads_conform(server: Discord, specification: Specification) -> None:
    guild = server.guild("Garden", members=2)
    channel, ana = guild.channel(), server.person("Ana")
    guild.join(ana)
    channel.thread("topic", ana)
    sent = await ana.says(channel, "Hello")
    await ana.reacts(sent, "👍")
    reads = [
        "/users/@me",
        "/users/@me/guilds",
        f"/users/{ana.id}",
        "/oauth2/applications/@me",
        "/applications/@me",
        "/gateway",
        "/gateway/bot",
        f"/guilds/{guild.id}",
        f"/guilds/{guild.id}/members/{ana.id}",
        f"/guilds/{guild.id}/channels",
        f"/guilds/{guild.id}/roles",
        f"/guilds/{guild.id}/threads/active",
        f"/channels/{channel.id}",
        f"/channels/{channel.id}/messages?around={sent.id}&limit=3",
        f"/channels/{channel.id}/messages/{sent.id}",
        f"/channels/{channel.id}/messages/{sent.id}/reactions/%F0%9F%91%8D",
        f"/applications/{server.me.id}/commands",
    ]
    async with rest(server) as session:
        for path in reads:
            assert (await session.get(f"{server.api}{path}")).status == 200, path
    assert [one.status for one in server.requests] == [200] * len(reads)


def row(*items: Payload) -> list[Payload]:
    """These components in one row."""
    return [{"type": 1, "components": list(items)}]


def button(**more: Any) -> Payload:
    """A button that is as it should be, but for this."""
    return {"type": 2, "style": 1, "label": "A", "custom_id": "a", **more}


def select(**more: Any) -> Payload:
    """A select that is as it should be, but for this."""
    return {"type": 3, "custom_id": "s", "options": [{"label": "A", "value": "a"}], **more}


MALFORMED: dict[str, Payload] = {
    "too long": {"content": "x" * 2001},
    "empty": {"content": "  "},
    "a long nonce": {"content": "x", "nonce": "y" * 26},
    "a nonce that is not there": {"content": "x", "enforce_nonce": True},
    "an empty row": {"content": "x", "components": row()},
    "six buttons in a row": {"content": "x", "components": row(*(button(custom_id=str(one)) for one in range(6)))},
    "six rows": {
        "content": "x",
        "components": [one for number in range(6) for one in row(button(custom_id=f"{number}"))],
    },
    "a select beside a button": {"content": "x", "components": row(select(), button())},
    "one custom_id twice": {"content": "x", "components": row(button(), button())},
    "a long custom_id": {"content": "x", "components": row(button(custom_id="x" * 101))},
    "a long label": {"content": "x", "components": row(button(label="x" * 81))},
    "a button without a label": {"content": "x", "components": row({"type": 2, "style": 1, "custom_id": "a"})},
    "a link with a custom_id": {"content": "x", "components": row(button(style=5, url="https://example.org"))},
    "a long placeholder": {"content": "x", "components": row(select(placeholder="x" * 151))},
    "26 options": {
        "content": "x",
        "components": row(select(options=[{"label": "A", "value": f"{n}"} for n in range(26)])),
    },
    "more to choose than there is": {"content": "x", "components": row(select(max_values=2))},
    "a text among the rows": {"content": "x", "components": [{"type": 10, "content": "text"}]},
    "content beside new components": {
        "content": "x",
        "flags": 1 << 15,
        "components": [{"type": 10, "content": "text"}],
    },
    "mentions that exclude each other": {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
    "6001 characters in embeds": {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]},
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_message_is_refused(server: Discord, body: Payload) -> None:
    channel = server.guild().channel()
    async with rest(server) as session:
        reply = await session.post(f"{server.api}/channels/{channel.id}/messages", json=body)
        assert (reply.status, (await reply.json())["code"]) in {(400, 50035), (400, 50006)}
    assert channel.messages == []
    with pytest.raises(AssertionError, match="Discord would have refused"):
        server.check()
    server.forgive()


async def test_requests_are_held_to_the_description(server: Discord, specification: Specification) -> None:
    channel = server.guild().channel()
    async with rest(server) as session:
        for body in ({"content": ["no", "text"]}, {"content": "x", "flags": "many"}, {"content": "x", "tts": 3}):
            assert (await session.post(f"{server.api}/channels/{channel.id}/messages", json=body)).status == 400
    assert len(server.refused) == 3
    server.forgive()


@pytest.mark.parametrize(
    "command",
    [
        {"name": "Loud", "description": "x"},
        {"name": "two words", "description": "x"},
        {"name": "x", "description": ""},
        {"name": "x", "description": "x" * 101},
        {"name": "Menu", "type": 3, "description": "x"},
        {"name": "x", "description": "x", "options": [{"type": 3, "name": "a", "description": "x"}] * 2},
        {
            "name": "x",
            "description": "x",
            "options": [
                {"type": 3, "name": "a", "description": "x"},
                {"type": 3, "name": "b", "description": "x", "required": True},
            ],
        },
    ],
)
async def test_malformed_commands_are_refused(server: Discord, command: Payload) -> None:
    server.forgive()
    async with rest(server) as session:
        url = f"{server.api}/applications/{server.me.id}/commands"
        assert (await session.put(url, json=[command])).status == 400
        same = [{"name": "a", "description": "x"}] * 2
        assert (await session.put(url, json=same)).status == 400
    assert server.syncs == 0


async def test_a_form_may_only_come_first_and_not_after_a_form(server: Discord) -> None:
    server.forgive()
    guild = server.guild()
    channel, ana = guild.channel(), server.person("Ana")
    guild.join(ana)
    field = {"type": 1, "components": [{"type": 4, "custom_id": "f", "style": 1, "label": "F"}]}
    form: Payload = {"type": 9, "data": {"custom_id": "m", "title": "M", "components": [field]}}
    async with rest(server) as session:
        commands = f"{server.api}/applications/{server.me.id}/commands"
        await session.put(commands, json=[{"name": "x", "description": "x"}])

        async def answers(made: Interaction, body: Payload) -> int:
            url = f"{server.api}/interactions/{made.id}/{made.token}/callback"
            reply = await session.post(url, json=body)
            return 0 if reply.status == 204 else int((await reply.json())["code"])

        deferred = await ana.commands(channel, "x")
        assert [await answers(deferred, body) for body in ({"type": 5}, form)] == [0, 40060]
        shown = await ana.commands(channel, "x")
        assert [
            await answers(shown, {**form, "data": {**form["data"], "title": "x" * 46}}),
            await answers(shown, form),
        ] == [
            50035,
            0,
        ]
        submitted = await ana.submits(shown, {"f": "text"})
        assert await answers(submitted, form) == 50035
        assert await answers(submitted, {"type": 8, "data": {"choices": []}}) == 50035


async def test_everything_that_stands_in_a_message_comes_back_as_described(server: Discord) -> None:
    channel = server.guild().channel()
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(emoji="👍", custom_id="up", style=discord.ButtonStyle.success))
    view.add_item(discord.ui.Button(label="Read", url="https://example.org"))
    view.add_item(discord.ui.ChannelSelect(placeholder="Where", custom_id="where", min_values=0, max_values=3))
    option = discord.SelectOption(label="A", emoji="🅰️", description="The first")
    view.add_item(discord.ui.Select(custom_id="what", options=[option]))
    embed = discord.Embed(title="Title", description="Text", colour=0x112233, url="https://example.org")
    embed.add_field(name="Name", value="Value").set_footer(text="Foot")
    layout = discord.ui.LayoutView(timeout=None)
    inner: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay("Text"), discord.ui.Separator()]
    inner.append(discord.ui.Section("Beside", accessory=discord.ui.Button(label="B", custom_id="b")))
    layout.add_item(discord.ui.Container(*inner))
    async with connected(Echo(server), server) as client:
        room = text_channel(client, channel.id)
        sent = await room.send("Old", view=view, embed=embed)
        assert sent.embeds[0].fields[0].value == "Value"
        await sent.edit(content="Old, again")
        new = await room.send(view=layout)
        await new.edit(view=layout)
    assert [len(message.components) for message in channel.messages] == [3, 1]
    assert channel.messages[0].edits == ["Old", "Old, again"]


@pytest.mark.parametrize("quiet", [True, False])
async def test_whether_an_answer_is_ephemeral_is_settled_by_its_deferral(server: Discord, quiet: bool) -> None:
    guild = server.guild()
    channel, ana = guild.channel(), server.person("Ana")
    guild.join(ana)
    client = Commanded()

    async def later(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=quiet)
        await interaction.followup.send("Now", ephemeral=not quiet)

    client.tree.add_command(app_commands.Command(name="later", description="Later", callback=later))
    async with connected(client, server):
        answer = await (await ana.commands(channel, "later")).answered()
    assert (answer.content, answer.ephemeral) == ("Now", quiet)
    assert channel.messages == ([] if quiet else [answer])


async def test_two_clients_hear_the_same(server: Discord) -> None:
    channel, ana = server.guild().channel(), server.person("Ana")
    old, new = Echo(server), Echo(server)
    async with connected(old, server), connected(new, server):
        await ana.says(channel, "Hello")
        await server.until(lambda: len(channel.messages) == 3)


async def test_an_impatient_client_is_found_out(server: Discord) -> None:
    channel = server.guild().channel()
    url = f"{server.api}/channels/{channel.id}/messages"
    server.limit("POST", "/channels/{channel_id}/messages", seconds=60)
    async with rest(server) as session:
        refused = await session.post(url, json={"content": "x"})
        body = await refused.json()
        assert (refused.status, body["retry_after"], body["global"]) == (429, 60, False)
        assert {"Via", "Retry-After", "X-RateLimit-Scope"} <= set(refused.headers)
        server.forward(30)
        assert (await session.post(url, json={"content": "x"})).status == 429
        assert len(server.impatient) == 1
        server.forward(31)
        assert (await session.post(url, json={"content": "x"})).status == 200
    assert len(server.impatient) == 1


def rest(server: Discord) -> aiohttp.ClientSession:
    """A client of the REST API alone."""
    return aiohttp.ClientSession(headers={"Authorization": f"Bot {server.token}"})
