"""Office files: archives of XML, whether of Microsoft's or of the OpenDocument formats."""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from core.answering.documents.file_text import (
    LARGEST_FILE,
    LARGEST_PART,
    MOST_ELEMENTS,
    MOST_ENTRIES,
    FileText,
    NotReadable,
    taken,
    tidy,
)

Attributes = Mapping[str, str]
SEPARATOR = " "

LINE_ENDS = {"p", "h", "tr", "table-row", "list-item"}
CELLS = {"tc", "table-cell"}
BREAKS = {"br": "\n", "cr": "\n", "line-break": "\n", "tab": "\t", "tc": "\t", "table-cell": "\t"}
UNREAD = {"delText", "instrText", "annotation", "tracked-changes", "notes", "rPh"}
"""Local names of elements: after which a line ends, the cells of tables, what stands for a sign, and what is no text of
the document (what was deleted, fields, comments, and how a word is pronounced)."""


@dataclass(slots=True)
class Archive:
    """An archive, and how much more of it may be read: `elements` of XML, and `size` in bytes, unpacked.

    A file of a few kilobytes can have millions of empty cells, which nobody could read.
    """

    entries: zipfile.ZipFile
    elements: int = MOST_ELEMENTS
    size: int = LARGEST_FILE

    @property
    def names(self) -> list[str]:
        """The names of all entries."""
        return self.entries.namelist()

    def part(self, name: str) -> bytes:
        """The content of an entry. What it claims to have is not believed: it is unpacked up to the bound."""
        most = min(LARGEST_PART, self.size)
        try:
            with self.entries.open(name) as entry:
                content = entry.read(most + 1)
        except KeyError:
            raise NotReadable(f"no {name}") from None
        if len(content) > most:
            raise NotReadable(f"{name} is too large")
        self.size -= len(content)
        return content


def office(content: bytes, most: int) -> FileText:
    """Read an office file. Raises NotReadable for any other archive, and for one beyond the bounds."""
    try:
        archive = Archive(zipfile.ZipFile(io.BytesIO(content)))
    except zipfile.BadZipFile:
        raise NotReadable("a broken archive") from None
    names = archive.names
    if len(names) > MOST_ENTRIES:
        raise NotReadable("too many entries")
    for entry, read in FORMATS.items():
        if entry in names:
            return read(archive, most)
    raise NotReadable("no office file")


def _document(archive: Archive, most: int) -> FileText:
    return taken([Words.of(archive, "word/document.xml", most)], "", 1, most)


def _slides(archive: Archive, most: int) -> FileText:
    found = [(int(match[1]), match[0]) for name in archive.names if (match := SLIDE.fullmatch(name))]
    slides = [name for _, name in sorted(found)]
    return taken((Words.of(archive, name, most) for name in slides), "slide", len(slides), most)


def _open_document(archive: Archive, most: int) -> FileText:
    content = archive.part("content.xml")
    for element, unit in (("table", "sheet"), ("page", "slide")):
        if f"<office:{'spreadsheet' if unit == 'sheet' else 'presentation'}".encode() in content:
            words = Words(most, splits=element)
            words.read(archive, content)
            return taken(words.pieces, "sheet" if unit == "sheet" else "slide", len(words.pieces), most)
    return taken([Words.of(archive, "content.xml", most)], "", 1, most)


def _workbook(archive: Archive, most: int) -> FileText:
    targets = _Links.of(archive, "xl/_rels/workbook.xml.rels", "Relationship", "Id", "Target")
    sheets = _Links.of(archive, "xl/workbook.xml", "sheet", "name", "id")
    shared: list[str] = []
    if "xl/sharedStrings.xml" in archive.names:
        strings = Words(LARGEST_PART, splits="si")
        strings.read(archive, archive.part("xl/sharedStrings.xml"))
        shared = strings.pieces

    def read() -> Iterator[str]:
        for name, id in sheets.items():
            target = targets.get(id, "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            rows = SheetRows(shared, most)
            if path in archive.names:
                rows.read(archive, archive.part(path))
            yield tidy([f"{name}:", *rows.lines])

    return taken(read(), "sheet", len(sheets), most)


SLIDE = re.compile(r"ppt/slides/slide(\d{1,6})\.xml")
FORMATS: Mapping[str, Callable[[Archive, int], FileText]] = {
    "word/document.xml": _document,
    "ppt/presentation.xml": _slides,
    "xl/workbook.xml": _workbook,
    "content.xml": _open_document,
}
"""The entry by which each format is known, and how it is read."""


class _Full(Exception):
    """Enough has been read."""


@dataclass(slots=True)
class XmlReader:
    """Goes through XML once. It refuses a document type: office files have none, and only attacks need its entities."""

    def read(self, archive: Archive, content: bytes) -> None:
        """Read a whole part of an archive, or as much as is needed and allowed. Raises NotReadable if it is broken."""

        def begin(name: str, attributes: Attributes) -> None:
            archive.elements -= 1
            if archive.elements < 0:
                raise _Full
            self.begin(_local(name), attributes)

        parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = begin
        parser.EndElementHandler = lambda name: self.end(_local(name))
        parser.CharacterDataHandler = self.characters
        parser.buffer_text = True
        try:
            parser.Parse(content, True)
        except _Full:
            return
        except expat.ExpatError:
            raise NotReadable("broken XML") from None

    def begin(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def characters(self, text: str) -> None:
        """Text inside an element."""


@dataclass(slots=True)
class Words(XmlReader):
    """The words of a document, line by line. With `splits`, each element of that name is a piece of its own."""

    most: int
    splits: str = ""
    pieces: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _length: int = 0
    _skipped: int = 0
    _open: int = 0
    _cells: int = 0

    @classmethod
    def of(cls, archive: Archive, part: str, most: int) -> str:
        """The words of a whole part."""
        words = cls(most)
        words.read(archive, archive.part(part))
        return words._piece()

    def begin(self, name: str, attributes: Attributes) -> None:
        if name in UNREAD or self._skipped:
            self._skipped += 1
        elif name == self.splits:
            self._open += 1
            if self._open == 1:
                self._text = [f"{title}:\n"] if (title := _attribute(attributes, "name")) and name == "table" else []
        elif name in ("t", "p", "h"):
            self._open += bool(not self.splits)
        if self._skipped:
            return
        self._cells += name in CELLS
        if name == "s":
            self._add(" " * min(int(_attribute(attributes, "c") or 1), 100))

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        if name == self.splits:
            self._open -= 1
            if not self._open:
                self.pieces.append(self._piece())
        elif name in ("t", "p", "h"):
            self._open -= bool(not self.splits)
        self._cells -= name in CELLS
        # The lines of a cell stay in its row.
        ends = " " if self._cells else "\n"
        self._add(ends if name in LINE_ENDS else BREAKS.get(name, ""))

    def characters(self, text: str) -> None:
        if not self._skipped and self._open:
            self._add(text)

    def _add(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)
        if self._length > 4 * self.most + LARGEST_PART // 1024:
            # White space may be dropped later, so a little more than what is needed.
            if self.splits and self._open:
                self.pieces.append(self._piece())
            raise _Full

    def _piece(self) -> str:
        text, self._text = "".join(self._text).replace(" \t", "\t"), []
        return tidy(text.splitlines())


@dataclass(slots=True)
class SheetRows(XmlReader):
    """The rows of a sheet as lines, with tabs between the cells."""

    shared: list[str]
    most: int
    lines: list[str] = field(default_factory=list)
    _row: list[str] = field(default_factory=list)
    _cell: list[str] = field(default_factory=list)
    _kind: str = ""
    _inside: bool = False
    _length: int = 0

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self._row = []
        elif name == "c":
            self._kind, self._cell = attributes.get("t", ""), []
            column = _column(attributes.get("r", ""))
            self._row += [""] * min(column - len(self._row), 200)
        self._inside = name in ("v", "t")

    def end(self, name: str) -> None:
        self._inside = False
        if name == "c":
            self._row.append(self._value("".join(self._cell)))
        elif name == "row":
            line = "\t".join(self._row).rstrip()
            self.lines.append(line)
            self._length += len(line) + 1
            if self._length > self.most:
                raise _Full

    def characters(self, text: str) -> None:
        if self._inside:
            self._cell.append(text)

    def _value(self, text: str) -> str:
        if self._kind == "s":
            text = self.shared[int(text)] if text.isdecimal() and int(text) < len(self.shared) else ""
        if self._kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        return " ".join(text.split())


@dataclass(slots=True)
class _Links(XmlReader):
    """The values of two attributes of each element of one name."""

    element: str
    key: str
    value: str
    found: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, archive: Archive, part: str, element: str, key: str, value: str) -> Mapping[str, str]:
        links = cls(element, key, value)
        links.read(archive, archive.part(part))
        return links.found

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == self.element:
            self.found[_attribute(attributes, self.key)] = _attribute(attributes, self.value)


def _refuse(*_: object) -> None:
    raise NotReadable("a document type")


def _local(name: str) -> str:
    return name.rpartition(SEPARATOR)[2]


def _attribute(attributes: Attributes, name: str) -> str:
    return next((value for key, value in attributes.items() if _local(key) == name), "")


def _column(reference: str) -> int:
    """The number of the column of a cell such as "C7", from 0; 0 if there is none."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return max(number - 1, 0)
