"""The settings that a server's admins change in chat; each server has its own."""

from tests.discord.living import answers, buttons, finished, living
from tests.discord.server.server import Discord


async def test_the_panel_changes_in_place(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, other = world.channel(guild), world.channel(guild, "other")
    keeper, ana = world.person("Keeper", guild, keeper=True), world.person("Ana", guild)
    async with living(world, sqlite_url):
        panel = await (await keeper.commands(room, "settings")).answered()
        await (await keeper.selects(panel, "set:channels", [other.id])).acknowledged.wait()
        await world.until(lambda: f"<#{other.id}>" in panel.content)
        await (await keeper.presses(panel, "settings:how")).acknowledged.wait()
        await (await keeper.selects(panel, "set:persona", ["pirate"])).acknowledged.wait()
        await world.until(lambda: "pirate" in panel.content)
        await ana.says(room, "Are you there?", mention=True)
        await ana.says(other, "And here?", mention=True)
        await world.until(lambda: finished(other))
        assert not answers(room)
        await (await keeper.selects(panel, "set:persona", ["default"])).acknowledged.wait()
        await world.until(lambda: "pirate" not in panel.content)


async def test_a_channel_where_it_always_answers(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    keeper, ana, ben = (
        world.person("Keeper", guild, keeper=True),
        world.person("Ana", guild),
        world.person("Ben", guild),
    )
    async with living(world, sqlite_url):
        await (await keeper.commands(room, "settings", {"name": "always", "value": f"<#{room.id}>"})).answered()
        said = await ana.says(room, "Hello")
        await world.until(lambda: finished(room))
        await ben.says(room, "Hi Ana", reply_to=said)
        await ben.says(room, "Tell me more")
        await world.until(lambda: finished(room, 2))
        assert [message.content for message in answers(room)] == ["You said: Ana: Hello", "You said: Ben: Tell me more"]


async def test_only_keepers_may_change_settings(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    keeper, ana = world.person("Keeper", guild, keeper=True), world.person("Ana", guild)
    async with living(world, sqlite_url) as life:
        refused = await (await ana.commands(room, "settings")).answered()
        assert "Only an admin" in refused.content
        panel = await (await keeper.commands(room, "settings")).answered()
        pressed = await (await ana.selects(panel, "set:channels", [room.id])).answered()
        assert "Only an admin" in pressed.content
        assert life.rows("SELECT count(*) FROM choice") == [(0,)]


async def test_who_may_use_it_and_who_may_rate(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    users, raters = world.role(guild, "Users"), world.role(guild, "Raters")
    keeper = world.person("Keeper", guild, keeper=True)
    ana, ben = world.person("Ana", guild, roles=[users]), world.person("Ben", guild, roles=[users, raters])
    cleo = world.person("Cleo", guild)
    async with living(world, sqlite_url) as life:
        for name, role in (("users", users), ("raters", raters)):
            await (await keeper.commands(room, "settings", {"name": name, "value": f"<@&{role.id}>"})).answered()
        await cleo.says(room, "Hello", mention=True)
        await world.until(lambda: len(answers(room)) == 1)
        assert "only certain members" in answers(room)[0].content
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room, 2))
        answer = answers(room)[1]
        await ana.reacts(answer, "👎")
        await ben.reacts(answer, "👍")
        await life.rated(1)
        refused = await (await ana.presses(answer, "down:")).answered()
        assert "may rate" in refused.content


async def test_a_role_of_the_server_moderates(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, helpers = world.channel(guild), world.role(guild, "Helpers")
    keeper, ana = world.person("Keeper", guild, keeper=True), world.person("Ana", guild)
    mo, cleo = world.person("Mo", guild, roles=[helpers]), world.person("Cleo", guild)
    async with living(world, sqlite_url):
        given = {"name": "moderators", "value": f"<@&{helpers.id}>"}
        await (await keeper.commands(room, "settings", given)).answered()
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        refused = await (await cleo.presses(answers(room)[0], "retry:")).answered()
        assert "Only the person who asked and moderators" in refused.content
        await (await mo.presses(answers(room)[0], "retry:")).acknowledged.wait()
        await world.until(lambda: finished(room, 2))
        refused = await (await mo.commands(room, "settings")).answered()
        assert "Only an admin" in refused.content


async def test_ratings_can_be_switched_off(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    keeper, ana = world.person("Keeper", guild, keeper=True), world.person("Ana", guild)
    async with living(world, sqlite_url) as life:
        panel = await (await keeper.commands(room, "settings")).answered()
        await (await keeper.presses(panel, "settings:who")).acknowledged.wait()
        await (await keeper.presses(panel, "ratings:off")).acknowledged.wait()
        await life.until_rows("SELECT value FROM choice WHERE name = 'ratings'", [("off",)])
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert buttons(answers(room)[0]) == ["retry", "delete"]
        await ana.reacts(answers(room)[0], "👍")
        await ana.commands(room, "help")
        await life.until_rows("SELECT count(*) FROM inbox WHERE state != 'done'", [(0,)])
        await life.rated()


async def test_quotas_of_a_server(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room = world.channel(guild)
    keeper, ana = world.person("Keeper", guild, keeper=True), world.person("Ana", guild)
    async with living(world, sqlite_url):
        panel = await (await keeper.commands(room, "settings")).answered()
        await (await keeper.presses(panel, "settings:who")).acknowledged.wait()
        await world.until(lambda: any("quotas:here" in str(row) for row in panel.components))
        form = await keeper.presses(panel, "quotas:")
        await (await keeper.submits(form, {"answers": "1"})).acknowledged.wait()
        await ana.says(room, "One", mention=True)
        await world.until(lambda: finished(room))
        await ana.says(room, "Two", mention=True)
        await world.until(lambda: len(answers(room)) == 2)
        assert "one answer" in answers(room)[1].content


async def test_nothing_of_one_server_shows_in_another(world: Discord, sqlite_url: str) -> None:
    one, two = world.guild("One"), world.guild("Two")
    here, there = world.channel(one), world.channel(two)
    keeper = world.person("Keeper", one, two, keeper=True)
    ana = world.person("Ana", one, two)
    async with living(world, sqlite_url):
        await (await keeper.commands(here, "settings", {"name": "channels", "value": f"<#{here.id}>"})).answered()
        await (await keeper.commands(here, "model", {"name": "scripted", "scope": "community"})).answered()
        await ana.says(here, "SECRET", mention=True)
        await ana.says(there, "Hello", mention=True)
        await world.until(lambda: finished(here) and finished(there))
        panel = await (await keeper.commands(there, "settings")).answered()
        assert here.id not in panel.content
        stats = await (await ana.commands(there, "stats")).answered()
        assert "conversations 1, answers 1" in stats.content
        assert "SECRET" not in "".join(message.content for message in answers(there))
