"""plugins.host.install.git_repository: git gets to the host of its address through the guard, and takes nothing of
the owner's along."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from plugins.host.egress.guarded_http import FetchLimits
from plugins.host.install.git_repository import cloned
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import PluginSource, from_chat, from_terminal
from plugins.host.install.subprocesses import run
from tests.plugin_host.certificates import certified
from tests.plugin_host.test_guarded_http import local

WHO = ("-c", "user.name=x", "-c", "user.email=x@x.example")


@pytest.fixture
async def tree(tmp_path: Path) -> Path:
    """A repository with one file and a tag."""
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "x.py").write_text("X = 1\n")
    for command in (["init", "-q"], ["add", "."], [*WHO, "commit", "-qm", "one"], ["tag", "v1"]):
        await run("git", "-C", str(folder), *command)
    return folder


async def test_files_are_what_the_commit_has(tree: Path, tmp_path: Path) -> None:
    attributes = "*.id ident\n*.wide working-tree-encoding=UTF-32\n*.line text eol=crlf\n*.big filter=lfs\n"
    for name, text in ((".gitattributes", attributes), ("a.id", "$Id$" * 9), ("b.line", "1\n2\n"), ("c.big", "v\n")):
        (tree / name).write_text(text)
    (tree / "d.wide").write_bytes("wide".encode("utf-32"))
    for command in (["add", "."], [*WHO, "commit", "-qm", "two"]):
        await run("git", "-C", str(tree), *command)
    found = tmp_path / "found"
    await cloned(from_terminal(f"git+file://{tree}"), found, FetchLimits())
    assert (found / "a.id").read_text() == "$Id$" * 9
    assert (found / "b.line").read_bytes() == b"1\n2\n"
    assert (found / "d.wide").read_bytes() == b"wide"


@asynccontextmanager
async def hosted(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[int, list[str]]]:
    """git's own server of a repository over https, as git.example; what it was asked for, and its port."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(f"{request.path_qs} {request.headers.get('authorization', '-')}")
        if request.path.startswith("/moved"):
            raise web.HTTPFound(f"https://other.example:{port}/tree/{request.path_qs[7:]}")
        backend = await asyncio.create_subprocess_exec(
            *("git", "http-backend"),
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(folder.parent),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": request.path,
                "QUERY_STRING": request.query_string,
                "REQUEST_METHOD": request.method,
                "CONTENT_TYPE": request.content_type,
                "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
                "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await backend.communicate(await request.read())
        head, _, body = said.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        return web.Response(status=int(headers.pop("Status", "200")[:3]), headers=headers, body=body)

    certificate, context = certified(tmp_path, "git.example", "other.example")
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, auto_decompress=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port = runner.addresses[0][1]
    try:
        yield port, asked
    finally:
        await runner.cleanup()


def limits(port: int) -> FetchLimits:
    return FetchLimits(("*",), frozenset({f"git.example:{port}", f"other.example:{port}"}))


async def test_over_https_through_the_guard(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with hosted(tree, tmp_path, monkeypatch) as (port, asked):
        source = from_chat(f"git+https://git.example:{port}/tree/.git@v1")
        commit = await cloned(source, tmp_path / "clone", limits(port), local)
        assert len(commit) == 40
        assert (tmp_path / "clone" / "x.py").read_text() == "X = 1\n"
        assert asked


async def test_without_the_guards_consent_nothing_is_reached(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hosted(tree, tmp_path, monkeypatch) as (port, asked):
        source = from_chat(f"git+https://git.example:{port}/tree/.git")
        with pytest.raises(PluginProblem, match=f"port {port} of git.example"):
            await cloned(source, tmp_path / "clone", FetchLimits(("*",)), local)
        for text, words in (
            ("git+https://git.example/x.git", "not on the public internet"),
            ("git+https://127.0.0.1/x.git", "not on the public internet"),
            (f"git+https://127.0.0.1:{port}/x.git", "port"),
            ("git+https://2130706433/x.git", "not among the hosts"),
            ("git+https://169.254.169.254/x.git", "not on the public internet"),
        ):
            with pytest.raises(PluginProblem, match=words):
                await cloned(from_chat(text), tmp_path / text[-12:].replace("/", "-"), FetchLimits(("*",)), local)
        assert not asked


async def test_no_redirect_is_followed(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with hosted(tree, tmp_path, monkeypatch) as (port, asked):
        with pytest.raises(PluginProblem, match=r"git"):
            await cloned(from_chat(f"git+https://git.example:{port}/moved"), tmp_path / "a", limits(port), local)
        assert [one.partition("?")[0] for one in asked] == ["/moved/info/refs"]


async def test_settings_proxies_and_keys_of_the_owner_are_not_used(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / ".config" / "git").mkdir(parents=True)
    ran = tmp_path / "ran"
    settings = f"""
[url "https://nowhere.example/"]
    insteadOf = https://git.example
[core]
    hooksPath = {home}
    fsmonitor = touch {ran}
    sshCommand = touch {ran}
[credential]
    helper = "!touch {ran}; echo password=x"
[filter "evil"]
    smudge = touch {ran}
    required = true
[init]
    templateDir = {home}
[http]
    proxy = http://127.0.0.1:1
"""
    for file in (home / ".gitconfig", home / ".config" / "git" / "config"):
        file.write_text(settings)
    (home / "post-checkout").write_text(f"#!/bin/sh\ntouch {ran}\n")
    (home / "post-checkout").chmod(0o755)
    (home / ".netrc").write_text("machine git.example login me password hunter2\n")
    for name, value in {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "https_proxy": "http://127.0.0.1:1",
        "NO_PROXY": "*",
        "no_proxy": "*",
        "GIT_SSL_NO_VERIFY": "1",
        "GIT_CONFIG_PARAMETERS": "'url.https://nowhere.example/.insteadOf=https://git.example'",
        "GIT_DIR": str(home),
        "GIT_ASKPASS": "/bin/false",
        "DATABASE_URL": "postgres://secret",
    }.items():
        monkeypatch.setenv(name, value)
    (tree / ".gitattributes").write_text("* filter=evil\n")
    (tree / "link").symlink_to("/etc/passwd")
    (tree / ".gitmodules").write_text('[submodule "x"]\n\tpath = x\n\turl = https://nowhere.example/x.git\n')
    for command in (["add", "."], [*WHO, "commit", "-qm", "two"]):
        await run("git", "-C", str(tree), *command)
    async with hosted(tree, tmp_path, monkeypatch) as (port, asked):
        source = from_chat(f"git+https://git.example:{port}/tree/.git")
        await cloned(source, tmp_path / "clone", limits(port), local)
        assert all(one.endswith(" -") for one in asked)
    assert not ran.exists()
    assert not (tmp_path / "clone" / "link").is_symlink()
    assert not list((tmp_path / "clone" / ".git").glob("post-checkout"))


async def test_a_certificate_that_nobody_knows_ends_it(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hosted(tree, tmp_path, monkeypatch) as (port, asked):
        monkeypatch.delenv("GIT_SSL_CAINFO")
        with pytest.raises(PluginProblem, match="certificate"):
            await cloned(from_chat(f"git+https://git.example:{port}/tree/.git"), tmp_path / "a", limits(port), local)
        assert not asked


async def test_on_this_machine_from_the_terminal(tree: Path, tmp_path: Path) -> None:
    assert await cloned(from_terminal(f"git+file://{tree}@v1"), tmp_path / "clone", FetchLimits())
    # Even if the parser lets something through by mistake, git itself uses only the scheme of the address.
    for address in ("ext::sh -c true", "http://git.example/x.git", "git://git.example/x"):
        wrong = PluginSource("wrong", "git", "terminal", address, "HEAD")
        with pytest.raises(PluginProblem):
            await cloned(wrong, tmp_path / address[:3], FetchLimits())


async def test_what_becomes_too_much_is_not_unpacked(tree: Path, tmp_path: Path) -> None:
    (tree / "zeros").write_bytes(bytes(200_000))
    for command in (["add", "."], [*WHO, "commit", "-qm", "two"]):
        await run("git", "-C", str(tree), *command)
    with pytest.raises(PluginProblem, match="more than"):
        await cloned(from_terminal(f"git+file://{tree}"), tmp_path / "clone", FetchLimits(), largest=100_000)
    assert not (tmp_path / "clone" / "zeros").exists()


async def test_links_count_as_what_they_are_checked_out_as(tree: Path, tmp_path: Path) -> None:
    (tree / "zeros").write_bytes(bytes(30_000))
    found = (await run("git", "-C", str(tree), "hash-object", "-w", "zeros")).strip()
    links = [("120000", found, f"link{number}") for number in range(4)]
    commit = (await run("git", "-C", str(tree), "rev-parse", "HEAD")).strip()
    for entry in (*links, ("160000", commit, "submodule")):
        await run("git", "-C", str(tree), "update-index", "--add", "--cacheinfo", *entry)
    await run("git", "-C", str(tree), *WHO, "commit", "-qm", "two")
    source = from_terminal(f"git+file://{tree}")
    with pytest.raises(PluginProblem, match="more than"):
        await cloned(source, tmp_path / "clone", FetchLimits(), largest=100_000)
    assert not (tmp_path / "clone" / "link0").exists()
    await cloned(source, tmp_path / "larger", FetchLimits(), largest=130_000)
    assert (tmp_path / "larger" / "link3").stat().st_size == 30_000
