"""The allowlist of system calls is wide enough: our own plugins and real libraries work behind the walls.

They are imported from this very environment, which an installed plugin never sees.
"""

import sysconfig
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from parley import Context, manifest_of
from parley.testing import Calendar, Memory, Shelf, Voice
from plugins.host.sandbox.confinement import walls_here
from plugins.host.sandbox.process import PluginProcess, spoken
from plugins.host.sandbox.program import PluginProgram

pytestmark = pytest.mark.skipif(walls_here().level == "none", reason="this system cannot confine a plugin")
PLUGINS = Path(__file__).parents[3] / "plugins" / "builtin"
LIBRARIES = Path(sysconfig.get_path("purelib"))

PLUGIN = '''# /// script
# tool.parley = {name = "wide", version = "1", description = "Uses many libraries."}
# ///
import asyncio
from parley import tool

@tool
async def go(code: str) -> str:
    """Run something."""
    await asyncio.to_thread(exec, code, {})
    return "worked"
'''

USES = """
import numpy
assert int((numpy.ones((300, 300)) @ numpy.ones((300, 300))).sum()) == 300**3
###
import pyarrow
assert pyarrow.table({"a": [1, 2]}).num_rows == 2
###
import lxml.html
assert lxml.html.fromstring("<p>words</p>").text == "words"
###
import trafilatura
assert "Bees" in trafilatura.extract("<html><body><p>" + "Bees need water. " * 30 + "</p></body></html>")
###
import io, pypdf
writer, file = pypdf.PdfWriter(), io.BytesIO()
writer.add_blank_page(9, 9)
writer.write(file)
assert len(pypdf.PdfReader(file).pages) == 1
###
import dateparser
assert dateparser.parse("2026-01-02").year == 2026
###
import datetime, zoneinfo
assert datetime.datetime(2026, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Madrid")).utcoffset()
###
import feedparser
assert feedparser.parse("<rss><channel><item><title>x</title></item></channel></rss>").entries
###
import pint
assert round(pint.UnitRegistry()("3 feet").to("cm").magnitude) == 91
###
import regex
assert regex.findall(r"\\p{L}+", "añb c") == ["añb", "c"]
###
import yaml
assert yaml.safe_load("a: 1") == {"a": 1}
###
import sqlite3
assert sqlite3.connect(":memory:").execute("select 6 * 7").fetchone() == (42,)
###
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool:
    assert sum(pool.map(int, "123")) == 6
###
import asyncio
asyncio.run(asyncio.sleep(0.001))
###
import time
time.sleep(0.001)
assert time.process_time() > 0
###
import random, secrets, uuid
assert len(secrets.token_hex(4)) == 8 and uuid.uuid4() and random.random() < 1
###
import hashlib, hmac, zlib
assert hmac.new(b"k", b"m", hashlib.sha256).hexdigest() and zlib.decompress(zlib.compress(b"x")) == b"x"
###
import ssl
assert ssl.create_default_context().check_hostname
###
from cryptography.fernet import Fernet
box = Fernet(Fernet.generate_key())
assert box.decrypt(box.encrypt(b"x")) == b"x"
###
import jinja2, markdown_it
assert jinja2.Template("{{ a }}").render(a=1) == "1" and markdown_it.MarkdownIt().render("*x*")
###
import decimal, fractions, statistics
assert statistics.mean([decimal.Decimal(1), decimal.Decimal(2)]) == decimal.Decimal("1.5")
###
import faulthandler, signal
faulthandler.enable()
assert signal.getsignal(signal.SIGTERM) is not None
"""

Start = Callable[..., PluginProcess]


@pytest.fixture
async def start(common: Path) -> AsyncIterator[Start]:
    """Runs a plugin's file with the libraries of this environment."""
    running: list[PluginProcess] = []

    def begun(file: Path, *paths: Path) -> PluginProcess:
        manifest = manifest_of(file.read_text(encoding="utf-8"))
        process = PluginProcess(manifest, PluginProgram((common, *paths, LIBRARIES), file, memory=2048))
        running.append(process)
        return process

    yield begun
    for process in running:
        await process.close()


@pytest.mark.parametrize("name", sorted(file.stem for file in PLUGINS.glob("[a-z]*.py")))
async def test_our_own_plugins_run_behind_the_walls(start: Start, name: str) -> None:
    tools, _ = await spoken(start(PLUGINS / f"{name}.py", PLUGINS.parents[1]))
    assert tools


@pytest.mark.slow
async def test_real_libraries_work_behind_the_walls(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "wide.py"
    file.write_text(PLUGIN)
    process = start(file, tmp_path)
    context = Context(
        httpx.AsyncClient(),
        Memory(),
        Shelf(),
        Calendar(),
        Voice(),
        {},
        {},
        "en",
        "Ana",
        "a",
        "k",
    )
    for code in USES.split("###"):
        answer = await process.call("go", {"code": code}, context)
        assert answer["content"][0]["text"] == "worked"
    assert process.starts == 1
