"""plugins.host.install.source_work: sources that nobody trusts are read and compiled in a confined process."""

from pathlib import Path

import pytest

from parley import manifest_of
from plugins.host.install.fetch import PluginCandidate
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.source_work import compile_libraries, traps_of
from plugins.host.sources.installed import PluginRunning

MANIFEST = """# /// script
# tool.parley = {name = "talk", version = "1", description = "Talks."}
# ///
"""


def candidate(folder: Path, **files: str) -> PluginCandidate:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.with_suffix(".py").parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".py").write_text(text)
    return PluginCandidate(manifest_of(MANIFEST), "here", "folder", folder, "talk.py")


@pytest.fixture
def running(home: Path) -> PluginRunning:
    return PluginRunning(home)


async def test_libraries_are_compiled_and_left_as_they_are(tmp_path: Path, running: PluginRunning) -> None:
    folder, escaped = tmp_path / "staged", tmp_path / "escaped"
    good = f"open({str(escaped)!r}, 'w')"
    await compile_libraries(candidate(folder, lib__good=good, lib__bad="def", lib__deep="(" * 5000), running)
    compiled = [path.name.partition(".")[0] for path in (folder / "lib" / "__pycache__").iterdir()]
    assert compiled == ["good"]
    assert not escaped.exists()


async def test_traps_are_found_with_their_lines(tmp_path: Path, running: PluginRunning) -> None:
    code = "async def go(ctx: Context):\n    await ctx.storage.get('a')\n    ctx.http.get('b')\n"
    found = await traps_of(candidate(tmp_path / "staged", code__talk=code), running)
    assert [trap.partition(":")[0] for trap in found] == ["talk.py, line 2", "talk.py, line 3"]
    assert 'powers = ["storage"]' in found[0]


@pytest.mark.parametrize("code", ["def", "(" * 100_000, "-" * 100_000 + "1", "a" + ".b" * 100_000, "\0", "'\\N{}'"])
async def test_sources_that_are_made_to_break_the_reader_break_nothing(
    tmp_path: Path, running: PluginRunning, code: str
) -> None:
    staged = candidate(tmp_path / "staged", code__talk=code)
    try:
        found = await traps_of(staged, running)
    except PluginProblem as error:
        found = [f"talk.py: {error}"]
    assert all(trap.startswith("talk.py: ") for trap in found)
