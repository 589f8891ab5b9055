"""`parley secrets`: the keys of what is encrypted in the database."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.open_database import explained, load, opened
from cli.subcommands import SubcommandGroup

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from config.settings import ParleySettings
    from core.store.secret_keyring import SecretKeyring
    from core.store.stored_secrets import EncryptionReport


@click.group(cls=SubcommandGroup)
def secrets() -> None:
    """Manage the keys that encrypt secrets in the database: tokens of connected accounts and of Slack's workspaces."""


@secrets.command()
@click.option("--forget-old", is_flag=True, help="Delete the earlier keys; backups from before cannot be read then.")
def rotate(forget_old: bool) -> None:
    """Make a new key and encrypt everything with it. Stop Parley first.

    The earlier keys stay behind the new one in their file, because backups need them. Where the settings hold the keys,
    put a new one (openssl rand -hex 32) in front of the others yourself before you call this.
    """
    from cli.wiring.only_process import only_one
    from cli.wiring.secret_key import VARIABLE, key_file, read_keys, secret_keyring, write_keys
    from core.store.secret_keyring import keyring_from, new_key

    with explained():
        settings = load()
        with only_one(settings.home):
            path = key_file(settings)
            if path is None:
                report = asyncio.run(_encrypted(settings, secret_keyring(settings)))
                rest = " Take the earlier ones out of your settings yourself." if forget_old else ""
                click.echo(f"{_said(report)} The key is the first one of {VARIABLE}.{rest}")
                return
            if path.exists():
                read_keys(path)
            before = path.read_text(encoding="utf-8").split() if path.exists() else []
            written = "\n".join([new_key(), *before]) + "\n"
            # The file comes first, so that each value has its key, whatever interrupts this.
            write_keys(path, written)
            report = asyncio.run(_encrypted(settings, keyring_from(written)))
            if forget_old and not report.unreadable:
                write_keys(path, f"{written.split()[0]}\n")
            click.echo(f"{_said(report)} The key is in {path}{_kept(path, before, forget_old)}.")


async def _encrypted(settings: "ParleySettings", keyring: "SecretKeyring") -> "EncryptionReport":
    from core.store.stored_secrets import encrypt_stored

    async with opened(settings.database.url, keyring) as store:
        return await store.write(encrypt_stored)


def _said(report: "EncryptionReport") -> str:
    lost = sum(len(keys) for keys in report.unreadable.values())
    unread = f" {lost} stay as they are: no key here opens them." if lost else ""
    return f"{report.encrypted} secrets are encrypted with the newest key.{unread}"


def _kept(path: Path, before: list[str], forget_old: bool) -> str:
    if not before or forget_old:
        return ""
    return ", in front of the earlier ones, which backups need"
