"""A git repository as a plugin's source: fetched through the guard, at one commit, without anything that runs.

Over https, git's only way out is our tunnel, which leads only to the host of the address. Git reads none of the owner's
configuration: no address aliases, credentials, hooks or filters. Repositories by ssh and on this machine's disk are
only for the terminal (`plugins.host.install.plugin_source`), and ssh uses the owner's keys.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from plugins.host.egress.guarded_http import FetchLimits, Resolve, resolve
from plugins.host.egress.tunnel import tunnel
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import PluginSource
from plugins.host.install.source_tree import LARGEST, MOST_FILES
from plugins.host.install.subprocesses import LONGEST, run

LARGEST_FETCH = 2 * LARGEST
NO_SIZE = "-"
"""The size that git gives for a submodule, which is checked out as an empty folder."""

OF_SSH = ("HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND")
AS_STORED = "-text -eol -ident -filter -working-tree-encoding"
"""Attributes that switch off git's conversions of files at checkout; they override the repository's own attributes."""

SETTINGS: Mapping[str, str] = {
    "protocol.allow": "never",
    "http.followRedirects": "false",
    "http.proxyAuthMethod": "basic",
    "http.sslVerify": "true",
    "core.symlinks": "false",
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "submodule.recurse": "false",
}


async def cloned(
    source: PluginSource, tree: Path, limits: FetchLimits, resolver: Resolve = resolve, largest: int = LARGEST
) -> str:
    """Check a repository of at most `largest` bytes out into a new folder. Returns its commit. Raises PluginProblem."""
    async with _environment(source, limits, resolver) as environment:

        async def git(*command: str) -> str:
            return await run("git", "-C", str(tree), *command, environment=environment)

        await asyncio.to_thread(tree.mkdir)
        await git("init", "-q", "--template=")
        await asyncio.to_thread(_as_stored, tree / ".git")
        await git("fetch", "-q", "--depth", "1", "--no-tags", "--", source.address, source.ref)
        _check(await git("ls-tree", "-r", "-l", "-z", "FETCH_HEAD"), largest)
        await git("checkout", "-q", "FETCH_HEAD")
        return (await git("rev-parse", "HEAD")).strip()


@asynccontextmanager
async def _environment(
    source: PluginSource, limits: FetchLimits, resolver: Resolve
) -> AsyncIterator[Mapping[str, str]]:
    """git's environment, for the duration of the block. Raises PluginProblem with what the tunnel has refused."""
    url = httpx.URL(source.address)
    settings = {**SETTINGS, f"protocol.{url.scheme}.allow": "always"}
    if url.scheme != "https":
        keys = OF_SSH if url.scheme == "ssh" else ()
        yield {**_as_variables(settings), **{name: os.environ[name] for name in keys if name in os.environ}}
        return
    narrow = replace(limits, hosts=(url.host,), largest=LARGEST_FETCH, slowest=LONGEST)
    async with tunnel(narrow, resolver) as way:
        try:
            yield _as_variables({**settings, "http.proxy": way.address})
        except PluginProblem as error:
            raise PluginProblem(f"git: {way.refused[0]}") if way.refused else error from None


def _as_stored(folder: Path) -> None:
    """Have files written exactly as stored: a repository's own attributes could make them twelve times as large."""
    (folder / "info").mkdir(exist_ok=True)
    (folder / "info" / "attributes").write_text(f"* {AS_STORED}\n", encoding="utf-8")


def _as_variables(settings: Mapping[str, str]) -> dict[str, str]:
    """git's settings as environment variables, which other users cannot read, unlike a command line."""
    found = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    found |= {"GIT_ATTR_NOSYSTEM": "1", "GIT_LFS_SKIP_SMUDGE": "1", "GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        found |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def _check(listed: str, largest: int) -> None:
    """Check the size of a commit's files before they are unpacked: few bytes may become many. Raises PluginProblem."""
    size = files = 0
    for line in filter(None, listed.split("\0")):
        about, _, _ = line.partition("\t")
        *_, length = about.split()
        # A link counts too: it is checked out as a text file, as large as the author of the commit likes.
        size, files = size + (0 if length == NO_SIZE else int(length)), files + 1
        if size > largest or files > MOST_FILES:
            raise PluginProblem(f"git: the repository has more than {largest >> 20} MB or {MOST_FILES} files")
