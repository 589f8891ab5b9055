"""plugins.host.install.advisories, plugins.host.install.advisory_sources: libraries with known advisories are found,
and not installed."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

import config
from plugins.host.install.advisories import LibraryAdvisory, advisories_of, hits, main, pins_of, pins_of_lock, read
from plugins.host.install.advisory_sources import AdvisoryLists
from plugins.host.install.package_index import IndexOptions
from plugins.host.install.plugin_problem import PluginProblem
from tests.plugin_host.stage import Build
from tests.plugin_host.test_installer import file, install
from tests.plugin_host.wheels import publish, served, wheel

ROOT = Path(__file__).parents[2]
SHIPPED = Path(config.__file__).parent / "advisories.json"


def osv(name: str = "clash", id: str = "X-1", ecosystem: str = "PyPI", **affected: Any) -> dict[str, Any]:
    return {"id": id, "summary": "Bad.", "affected": [{"package": {"ecosystem": ecosystem, "name": name}, **affected}]}


def span(*events: dict[str, str], type: str = "ECOSYSTEM") -> dict[str, Any]:
    return {"ranges": [{"type": type, "events": list(events)}]}


@pytest.mark.parametrize(
    ("affected", "inside", "outside"),
    [
        ({"versions": ["1.0", "1.2"]}, ["1.0", "1.0.0", "1.2"], ["1.1", "2"]),
        (span({"introduced": "0"}, {"fixed": "5.4"}), ["0.1", "5.3.9", "5.4rc1", "0.dev1"], ["5.4", "6"]),
        (span({"introduced": "2"}, {"last_affected": "3"}), ["2", "3"], ["1.9", "3.0.1"]),
        (span({"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}), ["1.5", "3", "99"], ["0.5", "2", "2.9"]),
        (span({"introduced": "1!1"}), ["1!2"], ["99"]),
        (span({"introduced": "abc"}, {"fixed": "1"}), [], ["0.1"]),
        (span({"introduced": "0"}, type="GIT"), [], ["1"]),
        ({"versions": ["weird-version"]}, ["weird-version"], ["1"]),
    ],
)
def test_which_versions_an_advisory_is_about(affected: dict[str, Any], inside: list[str], outside: list[str]) -> None:
    found = advisories_of(osv(**affected))
    assert [version for version in [*inside, *outside] if hits(found, [("clash", version)])] == inside
    # What we keep of it says the same.
    kept = [again for one in found for again in advisories_of(one.osv())]
    assert kept == found


FORMS: list[tuple[Any, list[tuple[str, str]]]] = [
    (osv(versions=["1.0"]), [("clash", "1.0")]),
    ([osv(versions=["1.0"]), osv("other", versions=["2.0"])], [("clash", "1.0"), ("other", "2.0")]),
    ({"vulns": [osv(versions=["1.0"])]}, [("clash", "1.0")]),
    ({"advisories": [osv("Cl_ash", versions=["1.0"])]}, [("cl-ash", "1.0")]),
    ({}, []),
    (
        {"info": {"name": "clash", "version": "1.0"}, "vulnerabilities": [{"id": "P", "details": "d"}]},
        [("clash", "1.0")],
    ),
    ({"info": {"name": "clash", "version": "1.0"}, "vulnerabilities": []}, []),
    ({"info": {"name": "clash", "version": "1.0"}, "vulnerabilities": [{"id": "P", "withdrawn": "2026"}]}, []),
    (
        {
            "dependencies": [
                {"name": "clash", "version": "1.0", "vulns": [{"id": "P"}]},
                {"name": "x", "skip_reason": "y"},
            ]
        },
        [("clash", "1.0")],
    ),
    ({**osv(versions=["1.0"]), "withdrawn": "2026-01-01T00:00:00Z"}, []),
    (osv(ecosystem="npm", versions=["1.0"]), []),
]


@pytest.mark.parametrize(("document", "about"), FORMS)
def test_forms_of_advisories(document: Any, about: list[tuple[str, str]]) -> None:
    found = read(json.dumps(document).encode())
    assert [(one.package, *one.versions) for one in found] == about


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[" * 1000,
        b'"x"',
        b"7",
        b'{"a": 1}',
        b"[[]]",
        b"PK\x03\x04broken",
        b'{"affected": [{"package": {"ecosystem": "PyPI"}}]}',
    ],
)
def test_what_is_no_list_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|advisories|archive"):
        read(content)


def packed(*documents: Any) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for number, one in enumerate(documents):
            archive.writestr(f"{number}.json", json.dumps(one))
        archive.writestr("README", "none")
    return made.getvalue()


def test_an_archive_of_advisories() -> None:
    found = read(packed(osv(versions=["1.0"]), osv("other", versions=["2.0"])))
    assert [one.package for one in found] == ["clash", "other"]


def test_what_nobody_sees_in_an_advisory_goes() -> None:
    (found,) = advisories_of({**osv(versions=["1"]), "summary": "Bad\u202e\n\x1b[31m."})
    assert found.summary == "Bad [31m."


def test_pins_are_read() -> None:
    lines = "# commit abc\nclash==1.0 \\\n    --hash=sha256:00\nA.b_c[x,y]==2.0; python_version < '3.12'\nfree>=1\n"
    assert pins_of(lines) == [("clash", "1.0"), ("A.b_c", "2.0")]
    assert pins_of_lock(
        '[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "x" }\n[[package]]\nname = "b"\n'
    ) == [("a", "1")]


def test_our_own_lock_has_nothing_that_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(str(SHIPPED), str(ROOT / "uv.lock")) == 0
    bad = tmp_path / "uv.lock"
    bad.write_text('[[package]]\nname = "litellm"\nversion = "1.82.7"\nsource = { registry = "x" }\n')
    assert main(str(SHIPPED), str(bad)) == 1
    assert "litellm 1.82.7: PARLEY-2026-0001" in capsys.readouterr().err


def test_the_list_that_comes_with_us_is_about_what_it_says() -> None:
    known = read(SHIPPED.read_bytes())
    bad = [("litellm", "1.82.8"), ("ultralytics", "8.3.41"), ("PyYAML", "5.3.1"), ("requests", "2.30.0")]
    good = [
        ("litellm", "1.82.6"),
        ("ultralytics", "8.3.43"),
        ("PyYAML", "5.4"),
        ("requests", "2.31.0"),
        ("requests", "2.2.1"),
    ]
    assert [(hit.name, hit.version) for hit in hits(known, [*bad, *good])] == bad


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "index"
    folder.mkdir()
    publish(folder, wheel("clash", "1.0", {"clash.py": "VERSION = 1\n"}))
    with served(folder) as address:
        yield address


WANTS = {"dependencies": 'dependencies = ["clash==1.0"]', "top": "import clash"}


@pytest.mark.slow
@pytest.mark.parametrize("own", [True, False])
async def test_a_library_with_an_advisory_is_not_installed(build: Build, tmp_path: Path, index: str, own: bool) -> None:
    known = tmp_path / "known.json"
    known.write_text(json.dumps([osv(versions=["1.0"])]))
    stage = build(options=IndexOptions(index))
    stage.installer.advisories = AdvisoryLists(own=known) if own else AdvisoryLists(known)
    with pytest.raises(PluginProblem, match=r"about what it brings: clash 1.0: X-1 \(Bad\.\)"):
        await install(stage, file(tmp_path, **WANTS))
    assert not list((stage.installer.folder / "staging").iterdir())
    stage.installer.advisories = AdvisoryLists(known, accepted=frozenset({"X-1"}))
    assert (await install(stage, file(tmp_path, **WANTS))).name == "talk"


async def test_a_damaged_list_stops_what_it_should_have_checked(build: Build, tmp_path: Path, index: str) -> None:
    known = tmp_path / "known.json"
    known.write_text("{")
    stage = build(options=IndexOptions(index))
    stage.installer.advisories = AdvisoryLists(known)
    with pytest.raises(PluginProblem, match="known.json cannot be used"):
        await install(stage, file(tmp_path, **WANTS))


class Source(BaseHTTPRequestHandler):
    """Says that clash 1.0 is bad, as OSV and as PyPI do; and has a list."""

    def do_POST(self) -> None:
        if "broken" in self.path:
            self.send_error(500)
            return
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        bad = asked == {"package": {"name": "clash", "ecosystem": "PyPI"}, "version": "1.0"}
        self._say({"vulns": [osv(versions=["1.0"])]} if bad else {})

    def do_GET(self) -> None:
        if self.path == "/list.json":
            self._say([osv(versions=["1.0"])])
        elif self.path == "/pypi/clash/1.0/json":
            self._say(
                {"info": {"name": "clash", "version": "1.0"}, "vulnerabilities": [{"id": "X-1", "details": "Bad."}]}
            )
        elif self.path.startswith("/pypi/"):
            self._say({"message": "Not Found"}, 404)
        else:
            self.send_error(500 if "broken" in self.path else 404)

    def _say(self, document: Any, status: int = 200) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def source() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Source)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("path", ["/v1/query", "/pypi/{name}/{version}/json"])
async def test_a_source_is_asked_for_each_library(path: str) -> None:
    with source() as address:
        async with httpx.AsyncClient(trust_env=False) as http:
            known = AdvisoryLists(address=address + path)
            await known.check("# nothing pinned\n", http)
            await known.check("clash==2.0\nother==1.0\n", http)
            with pytest.raises(PluginProblem, match="clash 1.0: X-1"):
                await known.check("other==1.0\nclash==1.0 \\\n    --hash=sha256:00\n", http)
            await AdvisoryLists(address=address + path, accepted=frozenset({"X-1"})).check("clash==1.0", http)


@pytest.mark.parametrize("path", ["/broken/{name}/{version}", "/broken/query", "/list.json?a={name}{version}"])
async def test_a_source_that_does_not_answer_lets_nothing_in(path: str) -> None:
    with source() as address:
        known = AdvisoryLists(address=address + path)
        async with httpx.AsyncClient(trust_env=False) as http:
            with pytest.raises(PluginProblem, match="clash"):
                await known.check("clash==1.0", http)
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(PluginProblem, match="does not say what is known of clash"):
            await known.check("clash==1.0", http)


async def test_a_list_is_refreshed_from_a_file_or_an_address(tmp_path: Path) -> None:
    own = tmp_path / "home" / "advisories.json"
    known = AdvisoryLists(own=own)
    pins = [("clash", "1.0"), ("other", "1.0")]
    assert await known.hits(pins) == []
    async with httpx.AsyncClient(trust_env=False) as http:
        with source() as address:
            assert await known.refreshed(f"{address}/list.json", http) == 1
            with pytest.raises(PluginProblem, match="cannot be fetched"):
                await known.refreshed(f"{address}/none.json", http)
        assert [hit.name for hit in await known.hits(pins)] == ["clash"]
        archive = tmp_path / "all.zip"
        archive.write_bytes(packed(osv(versions=["1.0"]), osv("other", **span({"introduced": "0"}))))
        assert await known.refreshed(str(archive), http) == 2
        assert [hit.name for hit in await known.hits(pins)] == ["clash", "other"]
        (tmp_path / "bad.json").write_text("no")
        for wrong in (tmp_path / "bad.json", tmp_path / "nowhere.json"):
            with pytest.raises(PluginProblem, match=wrong.name):
                await known.refreshed(str(wrong), http)
    assert len(await known.hits(pins)) == 2
    assert isinstance(known.listed()[0], LibraryAdvisory)
