"""Tells a model's reasoning from its answer, where both come in one text.

Servers that know their model keep the two apart. All others pass on what the model wrote: `<think>…</think>` and its
relatives, or the channels of the Harmony format.
"""

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field

from cachetools import LRUCache

from core.outside_text import is_blank
from core.ports.model import Finish, LanguageModel, TemplatedModel

PAIRS: Mapping[str, str] = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[think]": "[/think]",
    "◁think▷": "◁/think▷",
    "<|begin_of_thought|>": "<|end_of_thought|>",
}
"""The marks with which reasoning begins and ends, in lower case."""

CLOSING = frozenset(PAIRS.values())

CHANNEL, START, MESSAGE = "<|channel|>", "<|start|>", "<|message|>"
ENDS = frozenset({"<|end|>", "<|return|>", "<|call|>"})
ANSWER = "final"
"""The marks of the Harmony format, in which a channel has a name, and the name of the one that holds the answer."""

REMEMBERED = 100
"""How many models are remembered."""

LONGEST_HEADER = 200
"""The most characters between a channel's name and its first word; the pattern below allows fewer."""

HEADER = r"<\|channel\|>[^<]{0,80}(?:<\|constrain\|>[^<]{0,40})?<\|message\|>"
MARKS = (*PAIRS, *CLOSING, CHANNEL, START, MESSAGE, *sorted(ENDS))
MARK = re.compile("|".join((HEADER, *map(re.escape, MARKS))), re.IGNORECASE | re.ASCII)
BEGINNINGS = re.compile("[<[◁]")
LONGEST = max(map(len, MARKS))

LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
"""Unlike `str.lower`, it changes no length."""

FENCE = re.compile(r"^ {0,3}(?:`{3,}|~{3,})", re.MULTILINE)


@dataclass(slots=True)
class CodeReading:
    """Tells of a growing text whether places in it are inside of a block of code, or of code in a line.

    It goes on where it was asked last, so that many questions take no more time than one.
    """

    _line: int = 0
    """Where the line began that it was asked about last."""
    _fences: int = 0
    """How many lines before that one open or close a block."""

    def reaches(self, text: str, at: int) -> bool:
        """Whether code is open at a place, which is not before the last one."""
        line = text.rfind("\n", self._line, at) + 1 or self._line
        self._fences += sum(1 for _ in FENCE.finditer(text, self._line, line))
        self._line = line
        inside = self._fences + (FENCE.match(text, line, at) is not None)
        return inside % 2 == 1 or text.count("`", line, at) % 2 == 1


@dataclass(slots=True)
class ReasoningSplit:
    """One text of a model, as far as it has come: the `answer` and the `thought` in it.

    However a text is cut into pieces, the result is the same. Marks inside of code are part of the answer. With
    `begun`, the text is taken for reasoning from the beginning, until a mark that closes it.
    """

    answer: str = ""
    thought: str = ""
    begun: bool = False
    _rest: str = ""
    _inside: list[str] = field(default_factory=list)
    _channel: str = ""
    _opened: tuple[str, int] = ("", 0)
    """The mark with which the reasoning began that is not closed, empty at the beginning; how much there was before."""
    _closed_at: int = 0
    """How much reasoning there was at the last mark that ended an inner part of it."""
    _apart: bool = False
    """Whether there has been any mark of reasoning."""
    _unopened: bool = False
    _code: CodeReading = field(default_factory=CodeReading)

    @property
    def thinking(self) -> bool:
        """Whether what comes next is reasoning."""
        return self.begun or bool(self._inside) or self._channel not in ("", ANSWER)

    @property
    def unopened(self) -> bool:
        """Whether there was a mark that closed reasoning which no mark had opened."""
        return self._unopened

    def told_apart(self) -> None:
        """Take in that the server tells reasoning apart itself, so that the text is the answer."""
        self.begun = self.begun and bool(self.thought)

    def feed(self, piece: str) -> None:
        """Take in the next piece."""
        if not self._rest and not BEGINNINGS.search(piece):
            self._say(piece)
            return
        self._rest += piece
        ready = len(self._rest) - _held(self._rest)
        text, self._rest = self._rest[:ready], self._rest[ready:]
        self._take(text)

    def end(self, finish: Finish) -> None:
        """Take in that nothing more comes, and give back to the answer what cannot have been reasoning."""
        text, self._rest = self._rest, ""
        self._take(text)
        if finish == "length":
            return
        mark, before = self._opened
        if self.begun:
            # It did not think this time.
            self.thought, self.answer = "", self.thought
        elif self._inside and self._closed_at:
            # It was opened more often than closed: the answer follows the last mark that closes.
            self.thought, self.answer = self.thought[: self._closed_at], self.thought[self._closed_at :].lstrip()
        elif self._inside and mark:
            self.thought, self.answer = self.thought[:before], self.answer + mark + self.thought[before:]
        elif self._unopened and is_blank(self.answer):
            self.thought, self.answer, self._unopened = "", self.thought, False

    def _take(self, text: str) -> None:
        at = 0
        for found in MARK.finditer(text):
            self._say(text[at : found.start()])
            self._mark(found[0])
            at = found.end()
        self._say(text[at:])

    def _say(self, words: str) -> None:
        if self._channel == START:
            return
        if self.thinking:
            self.thought += words
        elif self._apart and not self.answer:
            self.answer = words.lstrip()
        else:
            self.answer += words

    def _mark(self, mark: str) -> None:
        known = mark.translate(LOWER)
        if known.startswith(CHANNEL) and known.endswith(MESSAGE):
            name = known.removeprefix(CHANNEL).partition("<")[0].split()
            self._channel, self._apart, self.begun = name[0] if name else ANSWER, True, False
        elif self._channel and known in (START, MESSAGE, *ENDS):
            # After the start stands a role, which nobody has to read.
            self._channel = START if known == START else ANSWER
        elif known in PAIRS:
            self._open(mark, PAIRS[known])
        elif known in CLOSING:
            self._close(mark, known)
        else:
            self._say(mark)

    def _open(self, mark: str, closing: str) -> None:
        if self.begun:
            self.begun, self._code = False, CodeReading()
        if not self._inside:
            if self._code.reaches(self.answer, len(self.answer)):
                self._say(mark)
                return
            self._opened = ("" if is_blank(self.answer) else mark, len(self.thought))
            self._closed_at, self._apart = 0, True
        self._inside.append(closing)

    def _close(self, mark: str, known: str) -> None:
        if known in self._inside:
            while self._inside.pop() != known:
                pass
            self._closed_at = len(self.thought)
        elif self._inside or self._code.reaches(told := self.thought if self.begun else self.answer, len(told)):
            self._say(mark)
        elif self.begun:
            self.begun, self._apart, self._unopened = False, True, True
            self._code = CodeReading()
        elif not self._apart and not is_blank(self.answer):
            # It was opened by the template of the prompt, and not by the model.
            self.thought, self.answer, self._unopened = self.answer, "", True
            self._apart, self._code = True, CodeReading()


@dataclass(frozen=True, slots=True)
class ThinkingHabits:
    """Which models close reasoning that they have not opened, because the template of their prompt does that.

    Whoever reads their next answer knows from its beginning what it is.
    """

    _known: LRUCache[str, bool] = field(default_factory=lambda: LRUCache(REMEMBERED))

    async def split(self, model: LanguageModel) -> ReasoningSplit:
        """Begin to read a text of a model. At its first one, its server is asked about the template."""
        if model.name not in self._known and isinstance(model, TemplatedModel):
            opening = (await model.answer_opening()).rstrip().translate(LOWER)
            self._known[model.name] = opening.endswith(tuple(PAIRS))
        return ReasoningSplit(begun=self._known.get(model.name, False))

    def learn(self, model: LanguageModel, read: ReasoningSplit) -> None:
        """Take in how a text has ended. One that was cut before its answer says nothing."""
        if not (read.begun and read.thought):
            self._known[model.name] = read.unopened


def _held(text: str) -> int:
    """How many characters at the end of a text may be the beginning of a mark."""
    text = text[-LONGEST_HEADER:].translate(LOWER)
    channel = text.rfind(CHANNEL)
    if channel >= 0 and MESSAGE not in text[channel:]:
        return len(text) - channel
    for found in BEGINNINGS.finditer(text, max(0, len(text) - LONGEST)):
        tail = text[found.start() :]
        if any(mark.startswith(tail) and mark != tail for mark in MARKS):
            return len(tail)
    return 0
