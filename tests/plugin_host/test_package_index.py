"""plugins.host.install.package_index: only wheels of the one index, and nothing that a plugin writes names another
address."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley import ManifestError
from plugins.host.install.package_index import OWN, PROXIES, IndexOptions, in_wheel, installed, requirement
from plugins.host.install.plugin_problem import PluginProblem
from tests.plugin_host.test_guarded_http import hello, listening, local
from tests.plugin_host.test_installer import FILE
from tests.plugin_host.test_tunnel import far
from tests.plugin_host.wheels import publish, served, wheel


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No index and no proxy of whoever runs the tests."""
    for name in (*OWN, *PROXIES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    folder = tmp_path / "index"
    folder.mkdir()
    publish(folder, wheel("clash", "1.0", {"clash.py": "VERSION = 1\n"}))
    with served(folder) as address:
        yield folder, address


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "staged").mkdir()
    return tmp_path / "staged"


# fmt: off
LINES = [
    "clash @ https://a.example/x.whl", "clash@https://a.example/x.whl", "clash @ file:///etc/x.whl", "clash @ ./x.whl",
    "https://a.example/clash-1.0-py3-none-any.whl", "git+https://a.example/x.git", "./clash-1.0-py3-none-any.whl",
    "/srv/clash-1.0-py3-none-any.whl", "~/x.whl", "file:///srv/x.whl", "..", ".", "-e .", "-r /etc/passwd", "-c x",
    "--index-url=https://a.example", "--extra-index-url https://a.example", "--find-links /srv", "", "# x",
    "clash\n--index-url https://a.example", "clash\r--find-links=/srv", "clash \\\n --hash=sha256:0",
    "clash --hash=sha256:0", "clash --config-settings x", "clash>=1 -i https://a.example", "clash;\n-r x", "clash\x00",
    "clash\u2028--no-index", "${HOME}/x.whl",
]
# fmt: on


@pytest.mark.parametrize("line", LINES, ids=ascii)
async def test_lines_that_name_addresses_paths_or_options_are_refused(line: str, folder: Path) -> None:
    with pytest.raises(PluginProblem, match="come from the index"):
        await installed([line], folder, IndexOptions("http://127.0.0.1:1/"))
    assert not await asyncio.to_thread(os.listdir, folder)


def test_lines_that_name_packages_are_written_anew() -> None:
    assert requirement(" clash[more] >=1, <2 ; python_version>'3'") == 'clash[more]<2,>=1; python_version > "3"'


async def test_a_library_cannot_name_an_address_either(index: tuple[Path, str], folder: Path) -> None:
    async with listening(hello) as listener:
        address = f"http://127.0.0.1:{listener.port}/evil-1.0-py3-none-any.whl"
        publish(index[0], wheel("outer", "1.0", {"outer.py": ""}, (f"evil @ {address}",)))
        with pytest.raises(PluginProblem, match="uv: "):
            await installed(["outer==1.0"], folder, IndexOptions(index[1]))
        assert not listener.visits


@pytest.mark.sweep
async def test_the_usual_index_is_asked_through_the_guard(folder: Path) -> None:
    # All names lead to this machine here: the tunnel looks, and says no.
    with pytest.raises(PluginProblem, match=r"pypi\.org is not on the public internet"):
        await installed(["clash==1.0"], folder, IndexOptions(), local)


async def test_an_index_of_the_owners_environment_is_used_as_it_is(
    index: tuple[Path, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX_URL", index[1])
    assert "clash==1.0" in await installed(["clash==1.0"], folder, IndexOptions(), local)
    assert (folder / "lib" / "clash.py").stat().st_nlink == 1


async def test_a_proxy_of_the_owners_environment_is_used_as_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with far(b"HTTP/1.1 502 No\r\n\r\n") as (port, heard):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("UV_HTTP_RETRIES", "0")
        with pytest.raises(PluginProblem, match="uv: "):
            await installed(["clash==1.0"], folder, IndexOptions(), local)
        assert any(b"CONNECT pypi.org:443" in told for told in heard)


def test_a_package_that_lists_files_of_this_machine_as_its_own(tmp_path: Path) -> None:
    lib = tmp_path / "staged" / "lib"
    (lib / "talk-1.0.dist-info").mkdir(parents=True)
    secret = FILE.format(name="secret", version="1", dependencies="", more="", top="", says="''")
    (tmp_path / "staged" / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.parley]\n')
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "__init__.py").write_text(secret)
    record = f"../pyproject.toml,,\n../../outside/__init__.py,,\n{tmp_path}/outside/__init__.py,,\n"
    (lib / "talk-1.0.dist-info" / "RECORD").write_text(record)
    with pytest.raises(ManifestError, match="not a Parley plugin"):
        in_wheel(lib, "talk")
