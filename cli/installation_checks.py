"""The checks of `parley doctor`: what works in this installation, what does not, and how to fix it."""

import asyncio
import shutil
import socket
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from sqlmodel import Session

from bots.shared.platform import CheckResult
from cli.extras_check import extras
from cli.live_checks import (
    practice_tasks,
    processes,
    put_aside_items,
    reports,
    stuck_tasks,
    surface_states,
    two_pollers,
)
from cli.promotion_checks import promoted_models
from cli.training_checks import reward_model, trained_models
from cli.wiring.platforms import load_settings, wanted
from cli.wiring.plugin_names import unknown_plugins
from cli.wiring.scrub import SecretScrubber
from cli.wiring.secret_key import VARIABLE, key_file, read_keys
from cli.wiring.surface_states import is_running
from config.settings import ParleySettings
from core.errors import OperatorError, SettingsError
from core.models.embedded.default import DEFAULT_SHA256, default_model_file
from core.models.embedded.gguf import check
from core.models.library import installed as library
from core.models.library.catalogue import SHARE, machine_memory
from core.private_files import too_open
from core.store import plugins as stored_plugins
from core.store.engine import migrate
from core.store.engine.database import connect, database_files
from plugins.host.sandbox.confinement import reaches, walls_here

SOUND_SQLITE = (3, 51, 3)
"""Earlier versions can damage a database when two programs write and checkpoint at once (docs/reference/operations.md
A4)."""

LEAST_FREE = 1 << 30
MIB = 1 << 20
REACHED_IN = 3.0
MOST_NAMED = 5


Check = Callable[[ParleySettings], Awaitable[list[CheckResult]]]


async def examined() -> list[CheckResult]:
    """Run all checks; each comes after those that it depends on."""
    try:
        settings = load_settings()
    except OperatorError as error:
        return [*versions(), CheckResult("settings", "fail", str(error), "correct that setting and run this again")]
    found = [*versions(), CheckResult("settings", "ok", f"read for {settings.home}")]
    for look in CHECKS:
        found += await look(settings)
    # What a service answered, or an address in the settings, may hold a key.
    scrub = SecretScrubber(settings.secrets()).text
    return [replace(one, found=scrub(one.found), fix=scrub(one.fix)) for one in found]


def versions() -> list[CheckResult]:
    """Check the versions of Python and SQLite."""
    python = ".".join(map(str, sys.version_info[:3]))
    sound = sqlite3.sqlite_version_info >= SOUND_SQLITE
    wanted = ".".join(map(str, SOUND_SQLITE))
    return [
        CheckResult("python", "ok", python),
        CheckResult(
            "sqlite",
            "ok" if sound else "warn",
            sqlite3.sqlite_version,
            "" if sound else f"{wanted} fixes a fault that may damage data; let no other program write to the database",
        ),
    ]


async def home(settings: ParleySettings) -> list[CheckResult]:
    """Check PARLEY_HOME: whether we can write to it, whether it is private, and whether there is enough free space."""
    path = settings.home
    if why := unwritable(path):
        fix = "free some space, make yourself its owner, or name another folder by PARLEY_HOME"
        return [CheckResult("home", "fail", f"{path} cannot be written ({why})", fix)]
    free = shutil.disk_usage(path).free
    found = [
        CheckResult("home", "ok", str(path))
        if not path.stat().st_mode & 0o077
        else CheckResult("home", "warn", f"{path} can be read by others", f"chmod 700 {path}"),
        *private(settings),
    ]
    room = f"{free / (1 << 30):.1f} GiB free"
    if free < LEAST_FREE:
        return [*found, CheckResult("disk", "warn", room, "free some space: a full disk stops every answer")]
    return [*found, CheckResult("disk", "ok", room)]


def unwritable(folder: Path) -> str:
    """Why nothing can be written into a folder; empty if it can. Rights alone do not tell: the disk may be full."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(bytes(4096))
            file.flush()
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def private(settings: ParleySettings) -> list[CheckResult]:
    """Check that nobody but their owner may read our files."""
    try:
        beside = database_files(settings.database.url)
    except OperatorError:
        # The check of the database tells what is wrong with its address.
        beside = []
    found = dict.fromkeys(too_open(settings.home, beside))
    if not found:
        return [CheckResult("files", "ok", "nobody else may read them")]
    names = ", ".join(str(path) for path in list(found)[:MOST_NAMED]) + (", …" if len(found) > MOST_NAMED else "")
    fix = f"the next `parley run` closes those that are yours; or chmod -R go= {settings.home}"
    return [CheckResult("files", "warn", f"others may read {names}", fix)]


async def database(settings: ParleySettings) -> list[CheckResult]:
    """Check whether the database can be reached, and whether its tables are ours."""
    try:
        found = await migrate.check(settings.database.url)
    except OperatorError as error:
        return [CheckResult("database", "fail", str(error), "check PARLEY_DATABASE__URL, and docs/deploy.md")]
    newest = migrate.known()[-1]
    if found and found > newest:
        return [CheckResult("database", "ok", f"schema {found}, which is newer than ours, and which we can use")]
    if found is None:
        return [CheckResult("database", "ok", "not created yet; the first start creates it")]
    if found != newest:
        return [CheckResult("database", "warn", f"schema {found}, ours is {newest}", "the next start updates them")]
    return [CheckResult("database", "ok", f"schema {found}")]


async def secret_keys(settings: ParleySettings) -> list[CheckResult]:
    """Check the keys of the secrets in the database: where they are, and who may read them."""
    path = key_file(settings)
    if path is None:
        return [CheckResult("secrets", "ok", f"the key comes from {VARIABLE}, or the file that it names")]
    if not path.exists():
        return [CheckResult("secrets", "ok", f"no key yet; the first start makes {path}")]
    try:
        read_keys(path)
    except OperatorError as error:
        return [CheckResult("secrets", "fail", str(error), "without it, people sign in again to their accounts")]
    mode = stat.S_IMODE(path.stat().st_mode)
    found = f"the key is in {path} (mode {mode:o}); no backup has it"
    if mode & 0o077:
        return [CheckResult("secrets", "warn", f"{found}; others may read it", f"chmod 600 {path}")]
    return [CheckResult("secrets", "ok", found, "keep a copy of it apart from the backups")]


async def model(settings: ParleySettings) -> list[CheckResult]:
    """Check the model that answers: whether it is offered, its file is intact, and it fits into memory."""
    default = settings.model.default
    if default in settings.model.servers or default in settings.model.langchain:
        return [CheckResult("model", "ok", f"{default}, by the settings")]
    try:
        file = chosen_file(settings)
        bundled = file is None
        file = file or default_model_file()
        await asyncio.to_thread(check, file, DEFAULT_SHA256 if bundled else "")
    except OperatorError as error:
        return [CheckResult("model", "fail", str(error), "parley models list, then parley models pull and use")]
    if heavy := too_large(file, await asyncio.to_thread(machine_memory)):
        return [heavy]
    if bundled:
        tiny = f"{file.name}, the bundled one: tiny and often wrong"
        return [CheckResult("model", "warn", tiny, "parley models list shows better ones")]
    return [CheckResult("model", "ok", file.name)]


def chosen_file(settings: ParleySettings) -> Path | None:
    """The file that the engine would load; None for the bundled model. Raises OperatorError for an unknown name."""
    offered = {name: files.file for name, files in library.served_files(settings.home).items()}
    default = settings.model.default
    if default == "embedded":
        return offered.get(library.current(settings.home) or "", settings.model.embedded.file)
    if default not in offered:
        origin = settings.origin("model.default")
        raise SettingsError(f"{origin}: model.default is {default!r}, which is neither installed nor in the settings")
    return offered[default]


def too_large(file: Path, memory: int | None) -> CheckResult | None:
    """The finding, if any, about a model file and this much memory (in MiB; None if unknown)."""
    size = file.stat().st_size / MIB
    if memory is None or size <= memory * SHARE:
        return None
    found = f"{file.name} has {size:.0f} MiB, this machine's memory {memory} MiB"
    return CheckResult("model", "fail" if size > memory else "warn", found, "parley models list shows which ones fit")


async def servers(settings: ParleySettings) -> list[CheckResult]:
    """Check whether the other model servers answer."""
    if not settings.model.servers:
        return []
    import httpx

    async def one(name: str, url: str, key: str) -> CheckResult:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            async with httpx.AsyncClient(timeout=REACHED_IN, headers=headers) as client:
                answer = await client.get(f"{url.rstrip('/')}/models")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return CheckResult(f"server {name}", "fail", f"{url}: {type(error).__name__}", "start it, or fix its url")
        if answer.status_code in (401, 403):
            return CheckResult(f"server {name}", "fail", f"{url}: refused our key", "correct its api_key")
        if answer.status_code >= 500:
            return CheckResult(
                f"server {name}", "warn", f"{url}: status {answer.status_code}", "see the server's own log"
            )
        return CheckResult(f"server {name}", "ok", url)

    asked = (
        one(name, url, server.api_key.get_secret_value() if server.api_key else "")
        for name, server in settings.model.servers.items()
        for url in server.url
    )
    return list(await asyncio.gather(*asked))


async def platforms(settings: ParleySettings) -> list[CheckResult]:
    """Check each platform that is set up: whether what it needs is installed, and what the platform says of the bot."""
    found: list[CheckResult] = []
    for name, platform in wanted(settings).items():
        module, distribution = platform.needs
        if module and find_spec(module) is None:
            found.append(CheckResult(name, "fail", f"{distribution} is not installed", "make install"))
        else:
            found += await platform.examine(settings.section(name))
    return found


async def ports(settings: ParleySettings) -> list[CheckResult]:
    """Check whether our ports can be opened; it is fine if Parley itself holds them."""
    web, operator = settings.web, settings.operator
    held = await asyncio.to_thread(_runs, settings.home)
    found = [free("web", web.host, web.port, held=held)] if web.enabled else []
    for name, platform in wanted(settings).items():
        if place := platform.address(settings.section(name)):
            found.append(free(name, *place, held=held))
    return [*found, *([free("operator", operator.host, operator.port, held=held)] if operator.enabled else [])]


def _runs(home: Path) -> bool:
    """Whether Parley runs on this home, as far as can be seen; the check of the home tells if its files are closed."""
    try:
        return is_running(home)
    except OSError:
        return False


def free(name: str, host: str, port: int, *, held: bool = False) -> CheckResult:
    """Check whether a port is free. If Parley is running, one that is taken is its own."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host.strip("[]"), port))
        except OSError as error:
            if held:
                return CheckResult(f"{name}.port", "ok", f"{port} is in use, and Parley is running")
            fix = f"unless `parley ingress` or `parley worker` has it, set PARLEY_{name.upper()}__PORT to another"
            return CheckResult(f"{name}.port", "warn", f"{port} is taken ({error.strerror})", fix)
    return CheckResult(f"{name}.port", "ok", f"{port} is free")


async def plugins_on(settings: ParleySettings) -> list[CheckResult]:
    """Check whether the plugins that are switched on are there."""
    strange = unknown_plugins(settings, ())
    exists = strange and await migrate.schema(settings.database.url) is not None
    if exists:
        store = connect(settings.database.url)
        try:
            strange = unknown_plugins(settings, await store.read(installed_plugins))
        finally:
            await store.close()
    fix = "correct plugins.on, or install it with `parley plugin install`"
    found = f"{settings.origin('plugins.on')}: plugins.on: there is no plugin {', '.join(map(repr, strange))}"
    return [CheckResult("plugins.on", "fail", found, fix)] if strange else []


def installed_plugins(session: Session) -> list[str]:
    """The names of the plugins that are installed."""
    return [row.name for row in stored_plugins.installed(session)]


async def sandbox(settings: ParleySettings) -> list[CheckResult]:
    """Check which sandboxing is available for installed plugins."""
    walls = walls_here()
    if walls.level == "none":
        fix = "use Linux 5.13 or newer, or name those that you trust in plugins.unsandboxed"
        return [CheckResult("plugins", "warn", "this system cannot confine installed ones, so they are refused", fix)]
    words = f"installed ones are confined at the level {walls.level}: {walls.names}"
    if not reaches(walls.level, settings.plugins.confinement):
        fix = "install bubblewrap and allow unprivileged user namespaces, or ask for less in plugins.confinement"
        return [CheckResult("plugins", "warn", f"{words}; plugins.confinement asks for more, so they are refused", fix)]
    hint = "" if walls.bubblewrap else "install bubblewrap for one more wall"
    return [CheckResult("plugins", "ok", f"{words}; {settings.plugins.memory_mib} MiB for each", hint)]


CHECKS: Sequence[Check] = (
    home,
    database,
    processes,
    reports,
    put_aside_items,
    practice_tasks,
    stuck_tasks,
    secret_keys,
    model,
    trained_models,
    reward_model,
    promoted_models,
    servers,
    platforms,
    surface_states,
    two_pollers,
    sandbox,
    plugins_on,
    ports,
    extras,
)
"""Every check of an installation, each after those that it depends on."""
