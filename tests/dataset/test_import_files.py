"""Every line of every file is accounted for: 40 odd files, and what becomes of each line."""

import copy
import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlmodel import select

from core.dataset.importing.bounds import ImportBounds
from core.dataset.importing.importer import ImportOptions, import_file
from core.dataset.importing.records import RecordDefaults
from core.dataset.importing.report import ImportReport
from core.store.engine.database import connect
from core.store.labeling_tables import TreeMessageRow
from tests.dataset.files import Forest, Row, flat, message, written
from tests.mutated import spots

EN = ImportOptions(RecordDefaults(lang="en"))
SENTENCE = "The weather was so nice today that we all went for a walk along the river."
SATZ = "Gestern haben wir den ganzen Tag im Garten gesessen und Kuchen gegessen."


def text(*rows: Any, end: str = "\n") -> bytes:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + end for row in rows).encode()


def table(rows: list[Row]) -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    sink = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.Table.from_pylist(rows), sink)
    whole: bytes = sink.getvalue().to_pybytes()
    return whole


def answer(id: str, parent_id: str | None = None, **values: Any) -> Row:
    return message(id, parent_id, "assistant", **values)


def silent(id: str, words: str, **values: Any) -> Row:
    return message(id, lang=None, **{"text": words, **values})


def talk(*said: str, **values: Any) -> Row:
    sides = ("human", "gpt")
    return {"conversations": [{"from": sides[n % 2], "value": one} for n, one in enumerate(said)], **values}


@dataclass(frozen=True, slots=True)
class OddFile:
    """A file, what becomes of its lines, the ids that are stored, and words that are said about it."""

    name: str
    raw: bytes
    lines: Mapping[str, int]
    stored: str | int = ""
    told: tuple[str, ...] = ()
    options: ImportOptions = field(default_factory=ImportOptions)


TWO = [message("a"), answer("b", "a")]
NESTED = message("a", replies=[answer("b", replies=[message("c")]), answer("d")])
FILES = (
    OddFile("empty.jsonl", b"", {}),
    OddFile("blank.jsonl", b"\n\n \n", {"blank": 3}),
    OddFile("bom.jsonl", b"\xef\xbb\xbf" + text(*TWO), {"imported": 2}, "ab"),
    OddFile("no-end.jsonl", text(*TWO)[:-1], {"imported": 2}, "ab"),
    OddFile("windows.jsonl", text(*TWO, end="\r\n"), {"imported": 2}, "ab"),
    OddFile("gaps.jsonl", text(TWO[0], "", TWO[1], ""), {"imported": 2, "blank": 2}, "ab"),
    OddFile("cut.jsonl", text(*TWO)[:-20], {"imported": 1, "refused": 1}, "a", ("line 2: not JSON",)),
    OddFile("utf16.jsonl", text(TWO[0]).decode().encode("utf-16"), {"refused": 2}, "", ("line 1: not UTF-8",)),
    OddFile("latin.jsonl", text(TWO[0]) + "ü\n".encode("latin-1"), {"imported": 1, "refused": 1}, "a", ("not UTF-8",)),
    OddFile("packed.jsonl.gz", gzip.compress(text(*TWO)), {"imported": 2}, "ab"),
    OddFile("packed-but-not-named.jsonl", gzip.compress(text(*TWO)), {"imported": 2}, "ab"),
    OddFile("named-but-not-packed.jsonl.gz", text(*TWO), {"imported": 2}, "ab"),
    OddFile("two-parts.gz", gzip.compress(text(TWO[0])) + gzip.compress(text(TWO[1])), {"imported": 2}, "ab"),
    OddFile("cut.jsonl.gz", gzip.compress(text(*TWO))[:-8], {"imported": 2}, "ab", ("than line 2: Compressed",)),
    OddFile("only-head.jsonl.gz", gzip.compress(text(*TWO))[:10], {}, "", ("cannot be read at all",)),
    OddFile("rest.gz", gzip.compress(text(*TWO)) + b"rest", {"imported": 2}, "ab", ("Not a gzipped file (b're')",)),
    OddFile("wrong-sum.gz", gzip.compress(text(*TWO))[:-8] + b"\0" * 8, {"imported": 2}, "ab", ("CRC check failed",)),
    OddFile("nested.jsonl", text(NESTED), {"imported": 1}, "abcd"),
    OddFile("nested-below.jsonl", text(message("a"), answer("b", "a", replies=[message("c")])), {"imported": 2}, "abc"),
    OddFile("nested-early.jsonl", text(answer("b", "a", replies=[message("c")]), message("a")), {"imported": 2}, "abc"),
    OddFile("nested-wrong.jsonl", text(message("a", replies=[5])), {"refused": 1}, "", ("not an object",)),
    OddFile(
        "thread-with-replies.jsonl",
        text({"thread_id": "a", "thread": [NESTED]}),
        {"refused": 1},
        "",
        ("a message of a thread has replies",),
    ),
    OddFile("twice.jsonl", text(*TWO, *TWO), {"imported": 2, "known": 2}, "ab"),
    OddFile(
        "changed.jsonl",
        text(*TWO, message("a", text="others"), answer("b", "a", model_name="another")),
        {"imported": 2, "changed": 2},
        "ab",
        ("line 3: message 'a' is there already with another text", "line 4: message 'b' is there already with another"),
    ),
    OddFile(
        "moved.jsonl",
        text(*TWO, message("c"), answer("b", "c")),
        {"imported": 3, "changed": 1},
        "abc",
        ("another parent",),
    ),
    OddFile(
        "grown.jsonl",
        text(*TWO, {"message_tree_id": "a", "prompt": message("a", text="others", replies=[answer("c")])}),
        {"imported": 2, "changed": 1},
        "abc",
        ("line 3: message 'a' is there already with another text",),
    ),
    OddFile(
        "wrong-tree.jsonl",
        text({"message_tree_id": "t", "prompt": message("a")}, answer("b", "a", message_tree_id="u")),
        {"imported": 2},
        "ab",
        ('line 1: message_tree_id is "t", but the tree is that of the prompt "a"', 'line 2: message_tree_id is "u"'),
    ),
    OddFile("orphan.jsonl", text(answer("b", "a"), message("c", "b")), {"refused": 2}, "", ("line 2: there is no",)),
    OddFile("loop.jsonl", text(answer("b", "c"), message("c", "b")), {"refused": 2}, "", ("line 1: there is no",)),
    OddFile("silent.jsonl", text(silent("a", "ok")), {"refused": 1}, "", ("give it with --lang",)),
    OddFile("silent-but-told.jsonl", text(silent("a", "ok")), {"imported": 1}, "a", (), EN),
    OddFile(
        "silent-but-clear.jsonl", text(silent("a", SATZ), silent("b", SENTENCE)), {"imported": 2}, "ab", ("guessed: 2",)
    ),
    OddFile(
        "extra.jsonl", text({"message_tree_id": "a", "prompt": message("a"), "x": 1}), {"imported": 1}, "a", ("x",)
    ),
    OddFile("sharegpt.json", text([talk("Hi", "Ho"), talk("Hi", "He", id="7")]), {"imported": 2}, 3, ("id",), EN),
    OddFile("sharegpt.jsonl", text(talk("Hi", "Ho"), talk("Hi", "Ho")), {"imported": 1, "known": 1}, 2, (), EN),
    OddFile(
        "sharegpt-odd.jsonl",
        text(talk("Hi", system="Be nice."), {"conversations": [{"from": "tool", "value": ""}]}, talk(), talk("Hi")),
        {"imported": 1, "refused": 3},
        1,
        ("line 1: it has a system prompt", 'line 2: a message is from "tool"', "line 3: conversations is not a list"),
        EN,
    ),
    OddFile(
        "chat.jsonl",
        text({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho", "weight": 0}]}),
        {"imported": 1},
        2,
        ("weight",),
        EN,
    ),
    OddFile(
        "alpaca.json",
        json.dumps(
            [{"instruction": "Add.", "input": "1 1", "output": "2"}, {"instruction": "x", "output": ""}], indent=1
        ).encode(),
        {"imported": 1, "refused": 1},
        2,
        ("item 2: output",),
        EN,
    ),
    OddFile("array-cut.json", text([*TWO, message("c")])[:-30], {"imported": 2}, "ab", ("item 2: item 3",)),
    OddFile("array-open.json", text([*TWO])[:-2], {"imported": 2}, "ab", ("the array has no end",)),
    OddFile("array-cut.json.gz", gzip.compress(text(TWO))[:-8], {"imported": 2}, "ab", ("further than item 2",)),
    OddFile("array-empty.json", b" [ ] ", {}),
    OddFile("array-and-more.json", text(TWO) + b"{}", {"imported": 2}, "ab", ("something follows the end",)),
    OddFile(
        "array-with-long-number.json",
        f'[{json.dumps(TWO[0])}, {{"x": {"9" * 5000}}}, {json.dumps(TWO[1])}]'.encode(),
        {"imported": 2, "refused": 1},
        "ab",
        ("item 2: not JSON: Exceeds the limit",),
    ),
    OddFile("array-of-odd.json", text([5, None, TWO[0]]), {"imported": 1, "refused": 2}, "a", ("item 2: not",)),
    OddFile("lines.json", text(*TWO), {"imported": 2}, "ab"),
    OddFile("array-line.jsonl", text(TWO, TWO[0]), {"imported": 1, "refused": 1}, "a", ("line 1: not an object",)),
    OddFile("not.parquet", b"PAR1", {}, "", ("not.parquet cannot be read at all",)),
    OddFile(
        "first.jsonl",
        text(message("a", message_tree_id="a"), message("z", message_tree_id="z"), answer("b", "a"), answer("y", "z")),
        {"imported": 2, "beyond": 2},
        "ab",
        (),
        ImportOptions(limit=1),
    ),
)


def told(report: ImportReport) -> str:
    said = [f"{report.unit} {number}: {reason}" for number, reason in (*report.faults, *report.remarks)]
    return "\n".join([*said, *report.unknown, f"guessed: {report.guessed}", report.unread])


async def taken(url: str, path: Path, options: ImportOptions) -> tuple[ImportReport, set[str]]:
    store = connect(url)
    report = await import_file(store, path, options)
    ids = await store.read(lambda session: set(session.exec(select(TreeMessageRow.id))))
    await store.close()
    return report, ids


@pytest.mark.slow
@pytest.mark.parametrize("odd", FILES, ids=lambda odd: odd.name)
async def test_every_line_is_accounted_for(sqlite_url: str, tmp_path: Path, odd: OddFile) -> None:
    (path := tmp_path / odd.name).write_bytes(odd.raw)
    trial, none = await taken(sqlite_url, path, replace(odd.options, trial=True))
    report, ids = await taken(sqlite_url, path, odd.options)
    assert (trial, none) == (report, set())
    assert report.lines == odd.lines, told(report)
    assert len(report.faults) == report.bad
    assert len(ids) == odd.stored if isinstance(odd.stored, int) else ids == {*odd.stored}
    assert report.messages == len(ids)
    for words in odd.told:
        assert words in told(report)


@pytest.mark.parametrize("seed", range(3))
async def test_a_trial_says_what_an_import_of_many_batches_says(sqlite_url: str, tmp_path: Path, seed: int) -> None:
    rows = [row for tree in Forest(seed).trees(6) for row in flat(tree)]
    rows += [{**row, "text": "others"} for row in rows[:5]] + [answer("lost", "nowhere")]
    Random(seed).shuffle(rows)
    (path := tmp_path / "in.jsonl").write_bytes(text(*rows))
    store, bounds = connect(sqlite_url), ImportBounds(batch=4, most=6, largest=12)
    trial = await import_file(store, path, ImportOptions(trial=True), bounds=bounds)
    report = await import_file(store, path, bounds=bounds)
    await store.close()
    assert trial == report
    assert report.lines["refused"]
    assert report.lines["changed"]
    assert report.lines.total() == len(rows)


async def test_whatever_the_bytes_every_line_is_counted(sqlite_url: str, tmp_path: Path) -> None:
    dice, path, store = Random(11), tmp_path / "in.jsonl", connect(sqlite_url)
    whole = text(*TWO, NESTED, talk("Hi", "Ho"), {"instruction": "x", "output": "y"}, *TWO)
    for _ in range(150):
        raw = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            raw[dice.randrange(len(raw))] = dice.choice(b'{}[]",:\\\n\0a5\xff')
        path.write_bytes(raw)
        report = await import_file(store, path, replace(EN, trial=True))
        assert report.lines.total() == len(bytes(raw).rstrip(b"\n").split(b"\n")) + raw.endswith(b"\n\n")
        assert not report.unread
    await store.close()


async def test_whatever_the_values_every_line_is_counted(sqlite_url: str, tmp_path: Path) -> None:
    """Every part of every form, replaced by something odd."""
    chat = {"messages": [{"role": "user", "content": "Hi"}], "system": ""}
    tree = {"message_tree_id": "a", "tree_state": "ranking", "origin": "x", "prompt": NESTED}
    forms = [
        tree,
        {"thread_id": "b", "thread": TWO},
        NESTED,
        talk("Hi", "Ho"),
        chat,
        {"instruction": "x", "output": "y"},
    ]
    odd: list[Any] = [None, True, 5, -1.5, "", "x" * 300, [], [[]], {}, {"a": []}, [{"b": None}]]
    rows = [_replaced(form, way, value) for form in forms for way in spots(form) for value in odd]
    store = connect(sqlite_url)
    report = await import_file(store, written(tmp_path / "in.jsonl", rows), replace(EN, trial=True))
    await store.close()
    assert (report.lines.total(), report.unread) == (len(rows), "")
    assert report.bad == len(report.faults) > len(rows) / 2


def _replaced(form: Any, way: tuple[Any, ...], value: Any) -> Any:
    if not way:
        return value
    changed = copy.copy(form)
    changed[way[0]] = _replaced(form[way[0]], way[1:], value)
    return changed


async def test_a_table_is_read_by_rows(sqlite_url: str, tmp_path: Path) -> None:
    rows = [
        {**message("a"), "labels": None},
        {**answer("b", "a"), "labels": {"name": ["spam"], "value": [0.5], "count": [2]}},
    ]
    (path := tmp_path / "in.parquet").write_bytes(table([*rows, {**message("c"), "role": "system"}]))
    report, ids = await taken(sqlite_url, path, ImportOptions())
    assert (report.unit, report.lines, ids) == ("row", {"imported": 2, "refused": 1}, {"a", "b"})


async def test_wherever_a_file_is_cut_the_lines_before_are_kept(sqlite_url: str, tmp_path: Path) -> None:
    """The same file again and again, cut a little later: each time, all lines that can be unpacked are kept."""
    rows = [message(f"m{number}", text=f"{number * 7919 % 1000} words") for number in range(60)]
    whole = gzip.compress(text(*rows))
    for length in range(60, len(whole), 97):
        (path := tmp_path / "cut.jsonl.gz").write_bytes(whole[:length])
        unpacked = zlib.decompressobj(31).decompress(whole[:length])
        report, ids = await taken(sqlite_url, path, ImportOptions())
        assert report.lines.total() == unpacked.count(b"\n") == len(ids)
        assert report.unread


async def test_what_is_asked_twice_becomes_one_tree_and_a_guess_is_marked(sqlite_url: str, tmp_path: Path) -> None:
    lines = text(talk(SENTENCE, SENTENCE), talk(SENTENCE, "No."))
    (path := tmp_path / "in.jsonl").write_bytes(lines)
    report, _ = await taken(sqlite_url, path, ImportOptions())
    store = connect(sqlite_url)
    rows = await store.read(lambda session: session.exec(select(TreeMessageRow)).all())
    await store.close()
    assert (report.trees, report.messages, report.guessed) == (1, 3, 4)
    assert {(row.role, row.lang, row.synthetic, (row.imported or {})["lang_from"]) for row in rows} == {
        ("prompter", "en", False, "guess"),
        ("assistant", "en", True, "guess"),
    }
