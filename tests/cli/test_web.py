"""`parley web admin`, and what the first `parley run` says about admins."""

import asyncio
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import parley
from cli.wiring.admin_link import first_line, page_address
from config.settings import load
from core.ports.surface import NewBrowser
from core.store import admin_links
from core.store.engine.database import Database, connect
from core.store.tables import now
from tests.cli.test_run import browser, running

pytestmark = pytest.mark.above_the_store

LINK = re.compile(r"http://127\.0\.0\.1:8080/admin#([\w-]{43})\n")


def run(home: Path, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(parley, ["web", "admin", *arguments], env={"PARLEY_HOME": str(home), **environment})


def opened(home: Path, link: str, account: str) -> str:
    """Open a link as a browser with this account does."""

    async def redeem() -> str:
        store = connect(load(environment={"PARLEY_HOME": str(home)}).database.url)
        try:
            secret = link.rpartition("#")[2]
            return await store.write(lambda session: admin_links.redeem(session, secret, NewBrowser(account), now()))
        finally:
            await store.close()

    return asyncio.run(redeem())


@pytest.mark.slow
def test_it_prints_a_link_that_works_once(tmp_path: Path) -> None:
    found = LINK.fullmatch(run(tmp_path).output)
    assert found
    assert opened(tmp_path, found[1], "a" * 64) == "opened"
    assert opened(tmp_path, found[1], "b" * 64) == "used"
    assert "aaaaaaaa  since 20" in run(tmp_path, "--list").output


def test_the_right_is_taken_back(tmp_path: Path) -> None:
    for account in ("a" * 64, "b" * 64, "bc" * 32):
        opened(tmp_path, run(tmp_path).output.strip(), account)
    result = run(tmp_path, "--revoke", "b")
    assert result.exit_code == 1
    assert "more than one browser begins with 'b'" in result.output
    assert "bbbbbbbb is no admin any more." in run(tmp_path, "--revoke", "bbbb").output
    assert "no browser that is an admin begins" in run(tmp_path, "--revoke", "bbbb").output
    unopened = run(tmp_path).output.strip()
    assert run(tmp_path, "--revoke", "all").exit_code == 0
    assert run(tmp_path, "--list").output.startswith("No browser is an admin.")
    assert opened(tmp_path, unopened, "d" * 64) == "unknown"


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "http://127.0.0.1:8080"),
        (
            {"PARLEY_WEB__HOST": "0.0.0.0", "PARLEY_WEB__PORT": "9000", "PARLEY_WEB__BEHIND_PROXY": "true"},
            "http://localhost:9000",
        ),
        ({"PARLEY_WEB__HOST": "::1"}, "http://[::1]:8080"),
        ({"PARLEY_WEB__BEHIND_PROXY": "true", "PARLEY_WEB__HOSTS": "chat.example.org"}, "https://chat.example.org"),
        # This name is there for people who come back from signing in, and for nothing else.
        ({"PARLEY_WEB__PUBLIC_URL": "https://in.example.org"}, "http://127.0.0.1:8080"),
        (
            {"PARLEY_WEB__PUBLIC_URL": "https://in.example.org/", "PARLEY_WEB__HOSTS": "in.example.org"},
            "https://in.example.org",
        ),
    ],
)
def test_the_link_leads_where_people_open_the_page(tmp_path: Path, settings: dict[str, str], address: str) -> None:
    assert page_address(load(environment={"PARLEY_HOME": str(tmp_path), **settings})) == address


async def test_a_run_in_the_terminal_prints_a_link_until_there_is_an_admin(store: Database) -> None:
    line = await first_line(store, "http://127.0.0.1:8080", terminal=True)
    secret = line.rpartition("http://127.0.0.1:8080/admin#")[2]
    assert (
        await store.write(lambda session: admin_links.redeem(session, secret, NewBrowser("a" * 64), now())) == "opened"
    )
    assert await first_line(store, "http://127.0.0.1:8080", terminal=True) == ""


@pytest.mark.slow
async def test_where_the_output_is_kept_no_link_is_printed_and_nobody_is_an_admin(tmp_path: Path) -> None:
    async with running(tmp_path) as parley, browser(parley.web) as client:
        assert "parley web admin" in parley.out
        assert "#" not in parley.out
        page = await client.get("/")
        assert "/settings" not in page.text
        assert "/tasks" in page.text
