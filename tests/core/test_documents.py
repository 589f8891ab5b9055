"""core.answering.documents: office files, PDFs and texts of any encoding, and files that were made to do harm."""

import asyncio
import io
import resource
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import pytest

from core.answering.documents import reader as reading
from core.answering.documents.file_text import FileText
from core.answering.documents.reader import DocumentReader
from tests.core.documents import docx, opendocument, packed, pdf, pptx, xlsx

MOST = 20_000
CELLS = "".join(f"<table:table-cell><text:p>{word}</text:p></table:table-cell>" for word in ("tea", "rum"))
RTF = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator Word;}Caf\'e9 {\b bold}\par \u8364? 5\par}"
CHINESE = "道可道，非常道。名可名，非常名。无名天地之始，有名万物之母。故常无，欲以观其妙；常有，欲以观其徼。"
LONG_PAGE = "<!DOCTYPE html><html><head><title>T</title><style>x{}</style></head><body><script>evil()</script>" + (
    "<p>Crows &amp; cows.</p>" * 400
)

READ: dict[str, tuple[bytes, FileText]] = {
    "docx": (docx("The first line", "The second"), FileText(("The first line\nThe second",))),
    "xlsx": (
        xlsx({"Sums": [["tea", 2], ["rum", 5.5]], "Notes": [["dry"]]}),
        FileText(("Sums:\ntea\t2\nrum\t5.5", "Notes:\ndry"), "sheet", 2),
    ),
    "pptx": (pptx("Welcome", "Thank you"), FileText(("Welcome", "Thank you"), "slide", 2)),
    "odt": (
        opendocument(
            "text", "<text:h>Title</text:h><text:p>One<text:s text:c='2'/>two <text:span>three</text:span></text:p>"
        ),
        FileText(("Title\nOne  two three",)),
    ),
    "ods": (
        opendocument(
            "spreadsheet", f"<table:table table:name='Drinks'><table:table-row>{CELLS}</table:table-row></table:table>"
        ),
        FileText(("Drinks:\ntea\trum",), "sheet", 1),
    ),
    "odp": (
        opendocument(
            "presentation",
            "<draw:page draw:name='1'><text:p>Hi</text:p></draw:page><draw:page><text:p>Bye</text:p></draw:page>",
        ),
        FileText(("Hi", "Bye"), "slide", 2),
    ),
    "rtf": (RTF, FileText(("Café bold\n€ 5",))),
    "pdf": (pdf("Page one", "Page two"), FileText(("Page one", "Page two"), "page", 2)),
    "csv": (b"a;b\n1;2\n", FileText(("a;b\n1;2\n",))),
    "a short page": (b"<html><p>x</p></html>", FileText(("<html><p>x</p></html>",))),
    "UTF-16": ("naïve".encode("utf-16"), FileText(("naïve",))),
    "UTF-16 without a mark": ("naïve text".encode("utf-16-be"), FileText(("naïve text",))),
    "Windows-1252": ("Größe: 5 €, naïf".encode("cp1252"), FileText(("Größe: 5 €, naïf",))),
    "Shift-JIS": ("吾輩は猫である。名前はまだ無い。".encode("cp932"), FileText(("吾輩は猫である。名前はまだ無い。",))),
    "Windows-1251": ("Все счастливые семьи похожи.".encode("cp1251"), FileText(("Все счастливые семьи похожи.",))),
    "GB18030": (CHINESE.encode("gb18030"), FileText((CHINESE,))),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", READ)
async def test_the_words_of_each_format_are_read(name: str) -> None:
    content, expected = READ[name]
    assert await DocumentReader().read(content, MOST) == expected


async def test_a_saved_page_is_read_as_people_see_it() -> None:
    found = await DocumentReader().read(LONG_PAGE.encode(), MOST)
    assert found
    assert found.parts[0].startswith("Crows & cows.\nCrows & cows.") or "Crows & cows.\n\nCrows" in found.parts[0]
    assert "evil" not in found.parts[0]


async def test_a_text_that_begins_with_many_comments_is_read() -> None:
    text = "<!---->" * 60 + "\nx = 1\n" * 1000
    found = await DocumentReader().read(text.encode(), MOST)
    assert found
    assert "x = 1" in found.parts[0]
    page = await DocumentReader().read(("<!-- a -->\n" * 60 + LONG_PAGE).encode(), MOST)
    assert page
    assert "evil" not in "".join(page.parts)


async def test_only_as_much_is_read_as_fits() -> None:
    found = await DocumentReader().read(pdf(*(f"Page {number}" for number in range(500))), 40)
    assert found
    assert (found.unit, found.count, found.whole) == ("page", 500, False)
    assert sum(map(len, found.parts)) <= 40
    sheet = await DocumentReader().read(xlsx({"A": [["word"]] * 300, "B": [["x"]]}), 100)
    assert sheet
    assert (len(sheet.parts), sheet.count, sheet.whole) == (1, 2, False)


def bomb() -> bytes:
    """A document of 260 KB that unpacks to 256 MB."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w", force_zip64=True) as entry,
    ):
        for _ in range(256):
            entry.write(b" " * 1024 * 1024)
    return target.getvalue()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
UNREAD: dict[str, bytes] = {
    "a billion laughs": packed({"word/document.xml": f"<!DOCTYPE x [{LAUGHS}]><x>&l9;</x>"}),
    "a file from elsewhere": packed(
        {"word/document.xml": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'}
    ),
    "an archive of something else": packed({"a.txt": "words"}),
    "a cut archive": docx("words")[:-30],
    "broken XML": packed({"word/document.xml": "<w:document"}),
    "a broken PDF": b"%PDF-1.7\n" + b"\x00\xff" * 500,
    "a PDF without text": pdf(),
    "a picture": b"\x89PNG\r\n\x1a\n\x00",
    "a cut UTF-16 text": b"\xff\xfe\x00",
    "text with a nul": b"text\x00with a nul",
    "bytes": bytes(range(256)) * 100,
}


@pytest.mark.parametrize("name", UNREAD)
async def test_what_cannot_be_read_or_does_harm_is_named_as_unread(name: str) -> None:
    assert await DocumentReader().read(UNREAD[name], MOST) is None


def many_entries() -> bytes:
    return packed({f"{number}": "" for number in range(6000)})


# They take a second to make, so not while tests are collected.
@pytest.mark.slow
@pytest.mark.parametrize("made", [bomb, many_entries])
async def test_a_zip_bomb_is_named_as_unread(made: Callable[[], bytes]) -> None:
    assert await DocumentReader().read(made(), MOST) is None


@pytest.mark.slow
async def test_deep_nesting_ends_nothing() -> None:
    deep = packed(
        {"word/document.xml": f'<w:document xmlns:w="x">{"<w:p>" * 100_000}{"</w:p>" * 100_000}</w:document>'}
    )
    await DocumentReader().read(deep, MOST)
    await DocumentReader().read(b"{\\rtf1" + b"{" * 200_000 + b"x" + b"}" * 200_000, MOST)


async def test_a_file_that_takes_too_long_is_given_up_and_its_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST", 0.2)
    monkeypatch.setattr(reading, "PROGRAM", "import time; time.sleep(60)")
    reader = DocumentReader(quick=0.1)
    assert await asyncio.gather(*(reader.read(b"%PDF-", MOST) for _ in range(3))) == [None] * 3


def of_cells(inside: str) -> bytes:
    """A workbook with one sheet, in which something stands a million times."""
    book = xlsx({"A": [["word"]]})
    parts = {
        name: zipfile.ZipFile(io.BytesIO(book)).read(name) for name in zipfile.ZipFile(io.BytesIO(book)).namelist()
    }
    sheet = f"<worksheet><sheetData><row>{inside * 1_000_000}</row></sheetData></worksheet>"
    return packed({**parts, "xl/worksheets/sheet1.xml": sheet})


def many_words() -> bytes:
    return packed(
        {
            "xl/workbook.xml": "<workbook/>",
            "xl/_rels/workbook.xml.rels": "<Relationships/>",
            "xl/sharedStrings.xml": f"<sst>{'<si><t/></si>' * 1_500_000}</sst>",
        }
    )


HOSTILE: Mapping[str, Callable[[], bytes]] = {
    "a wide row": partial(of_cells, "<c/>"),
    "many rows": partial(of_cells, "<c><v></v></c></row><row>"),
    "many words": many_words,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_spreadsheet_takes_no_longer_than_another_file(name: str) -> None:
    sheet = HOSTILE[name]()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    await DocumentReader().read(sheet, MOST)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime < 4


@pytest.mark.slow
async def test_slow_files_make_room_and_too_many_of_them_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST", 20)
    monkeypatch.setattr(reading, "PROGRAM", "import sys, time; sys.stdin.buffer.read(8); time.sleep(600)")
    reader = DocumentReader(quick=0.2)
    slow = [asyncio.create_task(reader.read(b"%PDF-", MOST)) for _ in range(4)]
    # Two go on, and the others are given up although no time of theirs has ended.
    done, going = await asyncio.wait(slow, timeout=15, return_when=asyncio.FIRST_COMPLETED)
    while len(done) < 2:
        more, going = await asyncio.wait(going, timeout=15, return_when=asyncio.FIRST_COMPLETED)
        done |= more
    assert [task.result() for task in done] == [None] * 2
    monkeypatch.undo()
    # The next one's file is read while they do.
    assert await replace(reader, quick=20).read(pdf("words"), MOST) is not None
    assert len(going) == 2
    for task in going:
        task.cancel()
    await asyncio.wait(going)
