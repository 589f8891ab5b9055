"""`parley secrets rotate`, and where the key of a database's secrets comes from."""

import asyncio
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from cli.main import parley
from cli.wiring.only_process import only_one
from cli.wiring.secret_key import NAME, read_keys, secret_keyring, tell_unreadable
from config.settings import load
from core.store.engine.database import connect
from core.store.engine.migrate import migrate
from core.store.secret_keyring import new_key
from core.store.stored_secrets import encrypt_stored
from core.surface_queries import StoredKeep
from tests.cli.test_doctor import findings

SECRET = "xoxb-canary-0123456789"


def run(home: Path, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(parley, list(arguments), env={"PARLEY_HOME": str(home), **environment})


async def stored(home: Path, secret: str = "", **environment: str) -> str:
    """Store a secret, or read the one that is there, with the keys of this home."""
    settings = load(environment={"PARLEY_HOME": str(home), **environment})
    await migrate(settings.database.url)
    store = connect(settings.database.url, secret_keyring(settings))
    try:
        keep = StoredKeep(store, "slack")
        if secret:
            await keep.remember_secret("workspace:T1", secret)
        return await keep.recall_secret("workspace:T1")
    finally:
        await store.close()


def test_the_first_run_makes_a_key_for_its_owner_alone(tmp_path: Path) -> None:
    settings = load(environment={"PARLEY_HOME": str(tmp_path)})
    first = secret_keyring(settings)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert secret_keyring(settings) == first
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_key_of_the_settings_makes_no_file_and_stays_out_of_the_log(tmp_path: Path) -> None:
    newer, older = new_key(), new_key()
    settings = load(environment={"PARLEY_HOME": str(tmp_path), "PARLEY_DATABASE__ENCRYPTION_KEY": f"{newer}, {older}"})
    assert [key.secret.hex() for key in secret_keyring(settings).keys] == [newer, older]
    assert {newer, older} <= set(settings.secrets())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_rotating_makes_a_new_key_and_everything_stays_readable(tmp_path: Path) -> None:
    asyncio.run(stored(tmp_path, SECRET))
    before = (tmp_path / NAME).read_text().split()
    result = run(tmp_path, "secrets", "rotate")
    assert result.exit_code == 0, result.output
    assert "1 secrets are encrypted" in result.output
    newest, *older = (tmp_path / NAME).read_text().split()
    assert older == before
    assert newest not in result.output
    assert asyncio.run(stored(tmp_path)) == SECRET
    result = run(tmp_path, "secrets", "rotate", "--forget-old")
    assert len((tmp_path / NAME).read_text().split()) == 1
    assert asyncio.run(stored(tmp_path)) == SECRET


def test_rotating_keys_of_the_settings(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    asyncio.run(stored(tmp_path, SECRET, PARLEY_DATABASE__ENCRYPTION_KEY=old))
    result = run(tmp_path, "secrets", "rotate", PARLEY_DATABASE__ENCRYPTION_KEY=f"{new},{old}")
    assert "1 secrets are encrypted" in result.output
    assert asyncio.run(stored(tmp_path, PARLEY_DATABASE__ENCRYPTION_KEY=new)) == SECRET
    result = run(tmp_path, "secrets", "rotate", "--forget-old", PARLEY_DATABASE__ENCRYPTION_KEY=f"{new},{old}")
    assert "Take the earlier ones out of your settings yourself." in result.output


def test_a_key_is_not_taken_away_while_parley_runs(tmp_path: Path) -> None:
    with only_one(tmp_path):
        result = run(tmp_path, "secrets", "rotate")
    assert result.exit_code == 1
    assert "stop that one first" in result.output


def test_no_key_is_forgotten_that_something_still_needs(tmp_path: Path) -> None:
    asyncio.run(stored(tmp_path, SECRET))
    lost = (tmp_path / NAME).read_text()
    (tmp_path / NAME).unlink()
    result = run(tmp_path, "secrets", "rotate", "--forget-old")
    assert "1 stay as they are" in result.output
    (tmp_path / NAME).write_text((tmp_path / NAME).read_text() + lost)
    assert asyncio.run(stored(tmp_path)) == SECRET


def test_a_broken_key_file_is_told_and_kept_and_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("half a key")
    settings = load(environment={"PARLEY_HOME": str(tmp_path)})
    keyring = secret_keyring(settings)
    assert keyring.keys == ()
    assert NAME in keyring.trouble
    assert run(tmp_path, "secrets", "rotate").exit_code == 1
    assert (tmp_path / NAME).read_text() == "half a key"
    _, found = findings(tmp_path)
    assert found["secrets"]["state"] == "fail"
    assert "sign in again" in found["secrets"]["fix"]


@pytest.mark.slow
def test_the_doctor_says_where_the_key_is_and_who_may_read_it(tmp_path: Path) -> None:
    secret_keyring(load(environment={"PARLEY_HOME": str(tmp_path)}))
    assert "600" in findings(tmp_path)[1]["secrets"]["found"]
    (tmp_path / NAME).chmod(0o644)
    assert findings(tmp_path)[1]["secrets"]["state"] == "warn"


def test_a_backup_says_that_its_key_is_elsewhere(tmp_path: Path) -> None:
    asyncio.run(stored(tmp_path, SECRET))
    result = run(tmp_path, "backup", str(tmp_path / "one.zip"))
    assert str(tmp_path / NAME) in result.output
    assert read_keys(tmp_path / NAME).keys[0].secret.hex() not in (tmp_path / "one.zip").read_bytes().hex()


def test_what_no_key_opens_is_told_with_the_way_back(tmp_path: Path) -> None:
    asyncio.run(stored(tmp_path, SECRET))
    (tmp_path / NAME).unlink()
    settings = load(environment={"PARLEY_HOME": str(tmp_path)})

    async def opened() -> None:
        store = connect(settings.database.url, secret_keyring(settings))
        tell_unreadable(settings, await store.write(encrypt_stored))
        await store.close()

    with capture_logs() as told:
        asyncio.run(opened())
    assert (told[0]["slack_workspaces"], told[0]["log_level"]) == (1, "error")
    assert "/connect" in told[0]["fix"]
