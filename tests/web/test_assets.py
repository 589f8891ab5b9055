import gzip
import hashlib
import re
from pathlib import Path

from bots.web.adapter import STATIC
from bots.web.assets import address, load
from tests.web.client import Visitor

OURS = [path for path in STATIC.glob("*.*") if path.suffix in (".js", ".css", ".svg")]


async def test_an_asset_is_kept_for_ever_under_its_version(visitor: Visitor) -> None:
    url = address(load(STATIC), "page.css")
    answer = await visitor.http.get(url, headers={"accept-encoding": "identity"})
    assert answer.content == (STATIC / "page.css").read_bytes()
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert (await visitor.http.get("/static/page.css")).headers["cache-control"] == "no-cache"


async def test_an_asset_travels_compressed_to_those_who_can_read_it(visitor: Visitor) -> None:
    answer = await visitor.http.get("/static/vendor/htmx.min.js", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text.startswith("var htmx=")
    plain = (STATIC / "vendor" / "htmx.min.js").read_bytes()
    assert len(gzip.compress(plain)) < len(plain) / 2


async def test_there_is_nothing_outside_the_folder(visitor: Visitor) -> None:
    for path in ("/static/../adapter.py", "/static/%2e%2e/adapter.py", "/static/vendor", "/static/", "/static/x.css"):
        assert (await visitor.http.get(path)).status_code == 404


def test_the_code_of_others_is_what_its_note_says() -> None:
    note = (STATIC / "vendor" / "README.md").read_text()
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (STATIC / "vendor").glob("*.js")}
    assert len(found) == 2
    for name, digest in found.items():
        assert re.search(rf"\| {re.escape(name)} \|.*\| {digest} \|", note)
        assert (STATIC / "vendor" / name.replace(".min.js", ".LICENSE")).exists()


def test_nothing_of_ours_loads_from_elsewhere() -> None:
    templates = list((Path(STATIC).parent / "templates").glob("*.html"))
    assert templates
    for path in (*OURS, *templates):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|url\(|@import", text), path.name


def test_our_scripts_stay_small() -> None:
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in STATIC.glob("*.js")}
    assert sum(lines.values()) < 250, lines
