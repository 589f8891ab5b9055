"""Writes links whose addresses stand elsewhere in a text, `[words][name]`, with their addresses. Pure.

A message shows only a part of a text, and the part with the addresses may be another one, or not be there yet.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from core.markdown.knots import knotted
from core.markdown.lines import Line, read
from core.markdown.spans import formula

LABEL = r"(?!\^)(?:[^\[\]\\\n]|\\.){1,200}"
TITLE = r"\"[^\"]*\"|'[^']*'|\([^()]*\)"
DEFINITION = re.compile(
    rf" {{0,3}}\[({LABEL})\]:[ \t]*<?((?:https?://|mailto:)[^\s<>]+)>?(?:[ \t]+(?:{TITLE}))?[ \t]*\n?\Z", re.IGNORECASE
)
HALF = re.compile(rf" {{0,3}}\[{LABEL}\]:[ \t]*<?(?:h|m|\Z)\S*\Z", re.IGNORECASE)
"""An address that is still being written."""

WORDS = r"(?:[^\[\]\\`]|\\.|`[^`\n]*`|\[[^\[\]\\`]*\]){1,500}"
USE = re.compile(
    rf"(?P<code>(?<!`)(?P<mark>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=mark)(?!`))|(?P<sign>\\.|\$)"
    rf"|\[{WORDS}\](?=\()|\[(?P<words>{WORDS})\](?:\[(?P<name>{LABEL})?\](?!\()|(?![\[(:]))",
    re.DOTALL,
)


def resolved(text: str, *, growing: bool = False) -> str:
    """The text with every address where it is named, and without the lines that tell them.

    An address to which nothing leads stays as it is written, and so does everything in code and in formulas. Of a text
    that grows, an address at its end that is named already is not shown before it is whole.
    """
    if "]:" not in text or knotted(text):
        return text
    lines = read(text)
    told = _told(text, lines, growing=growing)
    if not told:
        return text
    addresses: dict[str, str] = {}
    for name, address in told.values():
        addresses.setdefault(name, address)
    used: set[str] = set()
    pieces = [
        _linked(text[group[0].start : group[-1].end], addresses, used)
        if _prose(group[0]) and group[0].start not in told
        else group
        for group in _groups(lines, told)
    ]
    # Only now it is known which of the addresses are shown where they are named.
    return "".join(piece if isinstance(piece, str) else _left(text, piece, told, used) for piece in pieces)


def _groups(lines: list[Line], told: Mapping[int, tuple[str, str]]) -> Iterator[list[Line]]:
    """The lines that are read together, and those that are no text of their own."""
    for _, group in groupby(lines, lambda line: _prose(line) and line.start not in told):
        yield list(group)


def _left(text: str, lines: list[Line], told: Mapping[int, tuple[str, str]], used: set[str]) -> str:
    kept = (line for line in lines if line.start not in told or told[line.start][0] not in used)
    return "".join(text[line.start : line.end] for line in kept)


def _prose(line: Line) -> bool:
    return line.kind in ("text", "heading", "head", "row", "blank", "divider")


def _told(text: str, lines: list[Line], *, growing: bool) -> Mapping[int, tuple[str, str]]:
    """The names and the addresses in a text, by the places of the lines that tell them."""
    found: dict[int, tuple[str, str]] = {}
    for line in lines:
        written = text[line.start : line.end]
        if line.kind not in ("text", "head") or line.begins or not written.lstrip().startswith("["):
            continue
        ends = written.endswith("\n") or not growing
        if ends and (match := DEFINITION.match(written)):
            found[line.start] = _name(match[1]), match[2]
        elif not ends and HALF.match(written):
            found[line.start] = _name(written[written.index("[") + 1 : written.index("]:")]), ""
    return found


def _name(label: str) -> str:
    return " ".join(label.split()).casefold()


def _linked(text: str, addresses: Mapping[str, str], used: set[str]) -> str:
    """A piece of text with its links, and the names of those that are in it put to the `used` ones."""
    found = ""
    at = 0
    while match := USE.search(text, at):
        end = match.end()
        if match["sign"] and (formula_end := formula(text, match.start())):
            end = formula_end
        found += text[at : match.start()]
        name = _name(match["name"] or match["words"] or "")
        if match["words"] and name in addresses:
            used.add(name)
            address = addresses[name].replace("(", "%28").replace(")", "%29")
            found += f"[{match['words']}]({address})" if address else text[match.start() : end]
        elif match["words"]:
            # There may be a link in its words.
            end = match.start() + 1
            found += "["
        else:
            found += text[match.start() : end]
        at = end
    return found + text[at:]
