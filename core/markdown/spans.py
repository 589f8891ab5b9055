"""Reads the marks inside a paragraph: emphasis, code, links and formulas, and what is open at its end. Pure."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

DISPLAY = (("\\[", "\\]"), ("$$", "$$"))
"""The marks around a formula on lines of its own."""

LONGEST_FORMULA = 2000
"""Characters; what is longer between two marks is text."""

ESCAPED = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
TOKEN = re.compile(r"[\\`*_~\[\]!$<]|https?://", re.IGNORECASE)
AUTOLINK = re.compile(r"<[a-z][a-z0-9+.-]{1,31}:[^\s<>]*>", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
TARGET = re.compile(
    r"\(\s*+(?:<[^<>\n]{0,2000}>|[^\s()<>]*+(?:\([^\s()]*+\)[^\s()]*+)*+)"
    r"(?:\s++(?:\"[^\"]{0,2000}\"|'[^']{0,2000}'|\([^()]{0,2000}\)))?+\s*+\)"
)
HALF_TARGET = re.compile(r"\([^\n()]*+(?:\((?:[^\n()]*+\))?[^\n()]*+)*+$")
"""Both never look at the same signs twice: what is between brackets may be long, and in no order."""

LONGEST_TARGET = 2000


@dataclass(frozen=True, slots=True)
class Atom:
    """Something that a cut must not go through: a piece of code, a link, a picture, a formula, an address."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Emphasised text: its mark, and where the mark opens and closes it; -1 if nothing closes it."""

    mark: str
    start: int
    end: int = -1


@dataclass(frozen=True, slots=True)
class Opening:
    """What is open at the end: code or a formula, which `close` would close, or a link whose words end at `words`."""

    kind: Literal["code", "math", "words", "target"]
    start: int
    close: str = ""
    words: int = 0


@dataclass(slots=True)
class Spans:
    """The marks of a paragraph."""

    atoms: list[Atom] = field(default_factory=list)
    emphasis: list[Emphasis] = field(default_factory=list)
    opening: Opening | None = None

    def open_at(self, at: int) -> list[Emphasis]:
        """The emphasis that a place is in, outermost first."""
        inside = [one for one in self.emphasis if one.start + len(one.mark) <= at and (one.end < 0 or at <= one.end)]
        return sorted(inside, key=lambda one: one.start)

    def atom_at(self, at: int) -> Atom | None:
        """The atom that a cut at a place would go through."""
        return next((atom for atom in self.atoms if atom.start < at < atom.end), None)


@dataclass(slots=True)
class _Run:
    mark: str
    at: int
    left: int
    opens: bool
    closes: bool


def formula(text: str, at: int) -> int:
    """Where the formula that begins at a place ends; 0 if none begins there."""
    for begin, close in (("\\(", "\\)"), *DISPLAY):
        if text.startswith(begin, at):
            end = text.find(close, at + 2, at + LONGEST_FORMULA)
            inside = text[at + 2 : end]
            return end + 2 if end > 0 and inside.strip() and "\n\n" not in inside else 0
    return _dollars(text, at) if text.startswith("$", at) else 0


def _dollars(text: str, at: int) -> int:
    """Where $a$ ends. Prices are no formulas: "$5 and $6", "US$5/$6"."""
    if at and (text[at - 1].isalnum() or text[at - 1] in "\\$"):
        return 0
    end = at
    line = text.find("\n", at)
    bound = min(len(text) if line < 0 else line, at + LONGEST_FORMULA)
    while (end := text.find("$", end + 1, bound)) > 0:
        if text[end - 1] == "\\":
            continue
        inside = text[at + 1 : end]
        after = text[end + 1 : end + 2]
        whole = inside.strip() == inside != "" and not (after.isalnum() or after == "$") and "`" not in inside
        return end + 1 if whole else 0
    return 0


def read_spans(text: str) -> Spans:
    """Read the marks of a paragraph."""
    return _Reader(text).read()


class _Reader:
    """Reads one paragraph from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = Spans()
        self.runs: list[_Run] = []
        self.brackets: list[tuple[int, int]] = []
        self.no_code: set[int] = set()

    def read(self) -> Spans:
        at = 0
        while token := TOKEN.search(self.text, at):
            at = max(self._token(token[0][0], token.start()), token.start() + 1)
        for run in self.runs:
            if run.left and run.opens:
                self.found.emphasis += self._open_marks(run)
        if self.found.opening is None and self.brackets:
            self.found.opening = Opening("words", self.brackets[-1][0])
        return self.found

    def _open_marks(self, run: _Run) -> list[Emphasis]:
        at = run.at + len(run.mark) - run.left
        if run.mark[0] == "~":
            return [Emphasis("~~", at)] if run.left == 2 else []
        size = run.left if run.left <= 3 else 0
        if size == 1 and not self.text[at + 1 : at + 2].isalnum():
            # More often a star of its own, as in *.py.
            return []
        marks = {1: (1,), 2: (2,), 3: (1, 2)}.get(size, ())
        found = []
        for one in marks:
            found.append(Emphasis(run.mark[0] * one, at))
            at += one
        return found

    def _token(self, sign: str, at: int) -> int:
        text = self.text
        if sign in "\\$" and (end := formula(text, at)):
            return self._atom(at, end)
        if sign == "\\":
            return self._backslash(at)
        if sign == "$":
            return self._display(at) if text.startswith("$$", at) else at + 1
        if sign == "`":
            return self._code(at)
        if sign == "<":
            link = AUTOLINK.match(text, at)
            return self._atom(at, link.end()) if link else at + 1
        if sign in "hH":
            address = ADDRESS.match(text, at)
            return self._atom(at, address.end()) if address else at + 1
        if sign == "!":
            return at + 1
        if sign == "[":
            self.brackets.append((at - (text[at - 1 : at] == "!"), len(self.runs)))
            return at + 1
        return self._closed_bracket(at) if sign == "]" else self._run(at)

    def _atom(self, start: int, end: int) -> int:
        self.found.atoms.append(Atom(start, end))
        return end

    def _backslash(self, at: int) -> int:
        following = self.text[at + 1 : at + 2]
        if following in ("(", "[") and following:
            self._open(Opening("math", at, {"(": "\\)", "[": "\\]"}[following]))
        return at + 2 if following in ESCAPED else at + 1

    def _display(self, at: int) -> int:
        self._open(Opening("math", at, "$$"))
        return at + 2

    def _open(self, opening: Opening) -> None:
        inside = self.text[opening.start + 2 :]
        if self.found.opening is None and len(inside) < LONGEST_FORMULA and "\n\n" not in inside:
            self.found.opening = opening

    def _code(self, at: int) -> int:
        end = at
        while self.text.startswith("`", end):
            end += 1
        mark = self.text[at:end]
        if len(mark) not in self.no_code:
            close = re.compile(rf"(?<!`){mark}(?!`)").search(self.text, end)
            if close:
                return self._atom(at, close.end())
            self.no_code.add(len(mark))
            if self.found.opening is None and self.text[end : end + 1].strip():
                self.found.opening = Opening("code", at, mark)
                # What follows may be code: no mark in it counts, until the paragraph shows that it is not.
                return len(self.text)
        return end

    def _closed_bracket(self, at: int) -> int:
        if not self.brackets:
            return at + 1
        start, depth = self.brackets.pop()
        target = TARGET.match(self.text, at + 1)
        if target:
            del self.runs[depth:]
            self.found.atoms = [atom for atom in self.found.atoms if atom.start < start]
            return self._atom(start, target.end())
        near = len(self.text) - at < LONGEST_TARGET
        if near and self.text.startswith("(", at + 1) and HALF_TARGET.match(self.text, at + 1):
            self.found.opening = Opening("target", start, words=at)
            return len(self.text)
        return at + 1

    def _run(self, at: int) -> int:
        sign, end = self.text[at], at
        while self.text.startswith(sign, end):
            end += 1
        run = _Run(self.text[at:end], at, end - at, *_flanks(self.text, at, end))
        if sign == "~" and run.left != 2:
            return end
        if run.closes:
            self._match(run)
        if run.left and run.opens:
            self.runs.append(run)
        return end

    def _match(self, closer: _Run) -> None:
        for number in range(len(self.runs) - 1, -1, -1):
            opener = self.runs[number]
            floor = self.brackets[-1][1] if self.brackets else 0
            if number < floor or not closer.left:
                return
            if opener.mark[0] != closer.mark[0] or not opener.left:
                continue
            while opener.left and closer.left:
                size = 2 if opener.left >= 2 and closer.left >= 2 else 1
                start = opener.at + opener.left - size
                end = closer.at + len(closer.mark) - closer.left
                self.found.emphasis.append(Emphasis(closer.mark[0] * size, start, end))
                opener.left -= size
                closer.left -= size
            del self.runs[number + (1 if opener.left else 0) :]


def _flanks(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether a run of marks can open emphasis, and whether it can close it."""
    before, after = text[start - 1 : start] or " ", text[end : end + 1] or " "
    left = not after.isspace() and (_word(after) or before.isspace() or not _word(before))
    right = not before.isspace() and (_word(before) or after.isspace() or not _word(after))
    if text[start] != "_":
        return left, right
    return left and (not right or not _word(before)), right and (not left or not _word(after))


def _word(sign: str) -> bool:
    return not sign.isspace() and unicodedata.category(sign)[0] not in "PS"
