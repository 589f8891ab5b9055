"""`parley import` and `parley export` as programs: files in, files and streams out."""

import json
import os
from pathlib import Path

import pytest

from cli.main import main
from tests.cli import program
from tests.cli.program import soon
from tests.dataset.files import message, read, written

pytestmark = pytest.mark.slow


async def parley(home: Path, *arguments: object, stdout: int | None = None) -> tuple[int | None, str, str]:
    """Run a command; returns its exit code and what it said on its two outputs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    words = [str(argument) for argument in arguments]
    started = await program.start({**kept, "PARLEY_HOME": str(home)}, *words, main=main, stdout=stdout)
    out, err = await soon(started.communicate())
    return started.returncode, out.decode(), err.decode()


async def test_conversations_come_in_and_go_out_as_training_data(tmp_path: Path) -> None:
    home, chats = tmp_path / "home", tmp_path / "chats.json"
    said = [("Hi", "Ho"), ("Hi", "He"), ("Bye", "Bye bye")]
    sides = ("human", "gpt")
    talks = [{"conversations": [{"from": sides[n], "value": one} for n, one in enumerate(talk)]} for talk in said]
    chats.write_text(json.dumps(talks))
    code, out, err = await parley(home, "import", chats, "--lang", "en")
    assert (code, err) == (0, "")
    assert out.startswith(
        f"{chats}: 3 items = 3 imported + 0 known + 0 changed + 0 refused; 2 new trees, 5 new messages"
    )
    code, out, err = await parley(home, "export", "-", "--format", "sft", "--state", "all", "--top-k", 1)
    assert code == 0
    assert sorted([turn["content"] for turn in json.loads(row)["messages"]] for row in out.splitlines()) == [
        ["Bye", "Bye bye"],
        ["Hi", "Ho"],
    ]
    assert err.splitlines()[0] == "standard output: 2 rows from 5 messages"
    assert "  1 not among the best of their siblings" in err.splitlines()
    code, _, err = await parley(home, "export", tmp_path / "out" / "x.jsonl", "--state", "all")
    assert (code, "cannot be written: No such file" in err) == (1, True)


async def test_what_was_exported_is_known_when_it_comes_back(tmp_path: Path) -> None:
    home, path = tmp_path / "home", tmp_path / "in.jsonl"
    nested = message("a", replies=[message("b", "a", "assistant", replies=[message("c", "b")])], tree_state="ranking")
    code, out, err = await parley(home, "import", written(path, [nested, "{"]))
    assert (code, err.splitlines()[0].split(":")[0]) == (0, "  line 2")
    assert "2 lines = 1 imported + 0 known + 0 changed + 1 refused; 1 new tree, 3 new messages" in out
    back = tmp_path / "back.jsonl"
    code, _, err = await parley(home, "export", back, "--state", "all", "--include-rejected", "--card")
    assert (code, err, len(read(back))) == (0, "", 1)
    _, out, err = await parley(home, "import", back)
    assert (out.startswith(f"{back}: 1 line = 0 imported + 1 known"), err) == (True, "")


async def test_a_reader_that_leaves_gets_one_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await parley(home, "import", written(tmp_path / "in.jsonl", [message("a")]))
    there, here = os.pipe()
    os.close(there)
    code, _, err = await parley(home, "export", "-", "--state", "all", stdout=here)
    os.close(here)
    assert (code, err) == (1, "Error: standard output cannot be written: Broken pipe\n")
