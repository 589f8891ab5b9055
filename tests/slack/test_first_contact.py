"""First contact on Slack: the app's home, /help in Slack's form, and being installed."""

import re
from html import unescape

import httpx

from tests.slack.living import answers, finished, living
from tests.slack.server.server import Slack


async def test_the_home_shows_what_to_try_and_an_admin_what_to_settle(world: Slack, sqlite_url: str) -> None:
    ana, ben = world.person("Ana", admin=True), world.person("Ben", locale="de-DE")
    async with living(world, sqlite_url):
        await ana.opens_home()
        await ben.opens_home()
        await world.until(lambda: {ana.id, ben.id} <= set(world.homes))
        assert "/parley settings" in str(world.homes[ana.id])
        assert "/parley settings" not in str(world.homes[ben.id])
        assert "Hallo!" in str(world.homes[ben.id])
        await ben.presses_at_home("try:1")
        await world.until(lambda: finished(ben.dm()))
        assert "schwarzes Loch" in answers(ben.dm())[0].shown


async def test_help_names_commands_as_slack_takes_them(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url):
        await ana.commands(room, "help")
        await world.until(lambda: bool(room.whispers))
        shown = room.whispers[0].shown
        assert "`/parley rate <thumb> [reason]`" in shown
        assert not re.search(r"(?<!\w)/(?!parley )[a-z]", shown)
        assert "Mention me" in shown
        assert "In a thread, commands begin with ! instead: !retry" in shown
        await ana.commands(room, "rate sideways")
        await world.until(lambda: len(room.whispers) == 2)


async def test_who_installs_it_is_told_what_to_do_first(world: Slack, sqlite_url: str) -> None:
    other = world.team("Orchard", installed=False)
    ben = world.person("Ben", team=other)
    world.installer = ben.id
    async with (
        living(world, sqlite_url, http=True, client_id="1.2") as life,
        httpx.AsyncClient(verify=False) as browser,
    ):
        page = await browser.get(f"{life.address}/slack/install")
        (link, *_) = re.findall(r'href="([^"]*/authorize[^"]*)"', unescape(page.text))
        sent_back = await browser.get(link)
        cookie = f"slack-app-oauth-state={page.cookies['slack-app-oauth-state']}"
        await browser.get(sent_back.headers["location"], headers={"cookie": cookie})
        await world.until(lambda: bool(answers(ben.dm())))
        assert "Thank you for adding me to Orchard." in answers(ben.dm())[0].shown
        assert "`/parley settings`" in answers(ben.dm())[0].shown
