"""Answers as models write them, from a seed: code, tables, lists, links, formulas, scripts; and what people see."""

import random
import re
from collections.abc import Callable, Iterator
from html import unescape

from markdown_it import MarkdownIt

HOST = "example.org"
"""The host of every link."""

SCRIPTS = ("alpha", "größer", "снег", "كلمة", "漢字", "हिन्दी", "👩‍👩‍👧z")
HEAD = re.compile(r"head\d")
TASK = re.compile(r"^( *- )\[[ x]\] ", re.MULTILINE)
READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


class Writer:
    """Writes answers. Every word is another, so that none can be lost unseen."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.written = 0
        self.named: list[str] = []

    def answer(self, most: int = 10) -> str:
        """An answer of up to `most` blocks, and the addresses of the links that only have a name in them."""
        blocks = [self.random.choice(self.blocks)() for _ in range(self.random.randint(1, most))]
        return "\n\n".join([*blocks, "\n".join(self.named)] if self.named else blocks)

    @property
    def blocks(self) -> list[Callable[[], str]]:
        others = [self.heading, self.code, self.table, self.nested, self.numbered, self.quotation, self.steps]
        return [*others, self.formula, self.paragraph, self.paragraph, self.paragraph]

    def word(self) -> str:
        self.written += 1
        return f"{self.random.choice(SCRIPTS)}{self.written}"

    def words(self, most: int, *, plain: bool = False) -> str:
        return " ".join(self.word() if plain else self.piece() for _ in range(self.random.randint(1, most)))

    def piece(self) -> str:
        marked = (
            lambda: f"**{self.words(5, plain=True)}**",
            lambda: f"*{self.words(4, plain=True)}*",
            lambda: f"~~{self.words(2, plain=True)}~~",
            lambda: f"`{self.words(2, plain=True)}`",
            lambda: f"[{self.words(3, plain=True)}](https://example.org/{self.written})",
            lambda: self.reference(),
            lambda: f"\\({self.word()}_1 + b\\)",
        )
        return self.random.choice(marked)() if self.random.random() < 0.3 else self.word()

    def reference(self) -> str:
        words = self.words(3, plain=True)
        self.named.append(f"[r{self.written}]: https://example.org/{self.written}")
        return f"[{words}][r{self.written}]"

    def heading(self) -> str:
        return f"## {self.words(4)}"

    def paragraph(self) -> str:
        return "\n".join(f"{self.words(30)}." for _ in range(self.random.randint(1, 3)))

    def code(self) -> str:
        count = self.random.randint(1, 20)
        lines = [f"{'  ' * self.random.randint(0, 2)}{self.word()} = {self.word()}" for _ in range(count)]
        return "\n".join(["```python", *lines, "```"])

    def table(self) -> str:
        columns = self.random.randint(2, 4)
        long = self.random.random() < 0.2
        rows = [
            [self.words(60 if long and not number else 3, plain=number > 2) for _ in range(columns)]
            for number in range(self.random.randint(1, 9))
        ]
        lines = [[f"head{number}" for number in range(columns)], ["---"] * columns, *rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def nested(self) -> str:
        lines, depth = [], 0
        for number in range(self.random.randint(1, 12)):
            depth = 0 if not number else max(0, min(depth + self.random.randint(-1, 1), 3))
            lines.append(f"{'  ' * depth}- {self.random.choice(['', '', '[ ] ', '[x] '])}{self.words(12)}")
        return "\n".join(lines)

    def numbered(self) -> str:
        return "\n".join(f"{number}. {self.words(8)}" for number in range(1, self.random.randint(2, 9)))

    def quotation(self) -> str:
        return "\n".join(f"> {self.words(9)}" for _ in range(self.random.randint(1, 4)))

    def steps(self) -> str:
        return f"1. {self.words(5)}\n\n   ```sh\n   {self.word()}\n   {self.word()}\n   ```\n\n2. {self.words(5)}"

    def formula(self) -> str:
        return f"\\[\n{self.word()} = x_1^2\n+ {self.word()}\n\\]"


def at_limits(text: str, limit: int) -> Iterator[str]:
    """The text behind other text, so that both together have as many characters as a limit, one less, one more."""
    for more in (-1, 0, 1):
        room = (limit + more - len(text) - 2) % limit
        yield f"{('so ' * room)[: max(room, 1)].strip() or 'o'}\n\n{text}"


def seen(markdown: str) -> list[str]:
    """The words that people see of Markdown, without those of a table's head, which each of its parts repeats."""
    html = re.sub(
        r"<(/?)(?:p|li|t[dhr]|h\d|pre|br|blockquote|[uo]l|table)\b[^>]*>", " ", READER.render(TASK.sub(r"\1", markdown))
    )
    return words_of(unescape(re.sub(r"<[^>]*>", "", html)))


def words_of(text: str) -> list[str]:
    """The words of a text without marks, as they come."""
    return [word for word in re.findall(r"\w+", text) if not HEAD.fullmatch(word)]
