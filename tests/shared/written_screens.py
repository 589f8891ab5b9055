"""The surfaces whose messages have no limit, with what people see of a growing answer there."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from io import StringIO
from typing import Protocol

from rich.console import Console

from bots.terminal.capabilities import PERSON, PIPE
from bots.terminal.output import PipeOutput, ScreenOutput
from bots.web.capabilities import CAPABILITIES as WEB
from bots.web.markdown import GrowingMarkdown, parser
from bots.web.view import PageItem, PageView, changes
from core.messages import Reply
from core.ports.chat import ChatCapabilities
from tests.shared.written_answers import HOST, seen, words_of
from tests.web.audit import faults
from tests.web.page import swap, tree

PARSER = parser()
BLOCK = re.compile(r"</?(?:p|li|t[dhr]|h\d|pre|br|blockquote|[uo]l|table|div|article|figure|mtr)\b[^>]*>")
UNSEEN = re.compile(r"<figcaption>.*?</figcaption>", re.DOTALL)
CODE = re.compile(r"<pre.*?</pre>", re.DOTALL)
WIDE, NARROW, ROWS = 20_000, 80, 24


class Page:
    """A page that shows an answer, changed by what its stream sends."""

    able = WEB

    def __init__(self) -> None:
        self.growing = GrowingMarkdown(PARSER, "Copy")
        self.view: PageView | None = None
        self.page = tree('<b id="title"></b><b id="conversations"></b><b id="pickers"></b><b id="turns"></b>')

    def show(self, reply: Reply) -> list[str]:
        """Show a frame, or the end. Returns what is wrong with it."""
        blocks = self.growing.blocks(reply.text)
        view = PageView("Parley", "", (PageItem("a", "assistant", "", blocks, "", reply.underway),))
        swap(self.page, changes(self.view, view))
        self.view = view
        bare = CODE.sub("", "".join(blocks))
        return [*faults("".join(blocks)), *(["an open fence"] if "```" in bare else [])]

    def lost(self, text: str) -> list[str]:
        """The words of an answer that are not to be seen, and the links without their host."""
        fresh = "".join(GrowingMarkdown(PARSER, "Copy").blocks(text))
        shown = str(self.page.find("a-body")[0])
        # Letters of formulas are elements of their own.
        flat = _flat(shown)
        wrong = [word for word in _words(text) if word.replace("_", "") not in flat]
        apart = set(_words(_without_formulas(text))) - set(words_of(_bare(shown)))
        hosts = [] if shown.count(f"({HOST})") == _links(text) else ["a host"]
        return [*wrong, *apart, *hosts, *([] if flat == _flat(fresh) else ["other than after a reload"])]


class Screen:
    """A terminal."""

    able = PERSON

    def __init__(self) -> None:
        self.drawn = StringIO()
        self.output = ScreenOutput(Console(file=self.drawn, force_terminal=True, width=NARROW, height=ROWS))

    def show(self, reply: Reply) -> list[str]:
        """Show a frame, or the end. Returns what is wrong with it."""
        self.drawn.seek(0)
        self.drawn.truncate()
        self.output.answer(reply.text, "", last=not reply.underway, firm=reply.firm)
        return ["an open fence"] if "```" in self.drawn.getvalue() else []

    def lost(self, text: str) -> list[str]:
        """The words of an answer that are not to be seen, and the links without their host."""
        wide, narrow = (_printed(text, columns) for columns in (WIDE, NARROW))
        shown = [word for word in words_of(wide) if word not in ("https", "example", "org")]
        order = [word for word in shown if not word.isdecimal()] == _words(text)
        flat = re.sub(r"\W", "", narrow)
        # Beside emoji of several signs, terminals do not agree about what has room in a line of a table.
        words = [word for word in _words(text) if word not in flat and not word.startswith("z")]
        hosts = [] if wide.count(f"https://{HOST}") == _links(text) else ["a host"]
        return [*words, *hosts, *([] if order else ["another order"]), *(["cut"] if "…" in narrow else [])]


class Pipe:
    """Something that reads standard output, where nothing can be taken back."""

    able = PIPE

    def __init__(self) -> None:
        self.out = StringIO()
        self.output = PipeOutput(self.out, StringIO())

    def show(self, reply: Reply) -> list[str]:
        """Show a frame, or the end. Returns what is wrong with it."""
        before = self.out.getvalue()
        self.output.answer(reply.text, "", last=not reply.underway, firm=reply.firm)
        return [] if self.out.getvalue().startswith(before) else ["taken back"]

    def lost(self, text: str) -> list[str]:
        """The words of an answer that are not in what was written once."""
        return [] if self.out.getvalue() == f"{text}\n" else ["other words"]


def _printed(text: str, columns: int) -> str:
    printed = StringIO()
    ScreenOutput(Console(file=printed, width=columns)).answer(text, "", last=True)
    return printed.getvalue()


class AnswerScreen(Protocol):
    """Shows one answer."""

    able: ChatCapabilities

    def show(self, reply: Reply) -> list[str]: ...

    def lost(self, text: str) -> list[str]: ...


SCREENS: Mapping[str, Callable[[], AnswerScreen]] = {"web": Page, "terminal": Screen, "pipe": Pipe}


def _words(text: str) -> list[str]:
    return [word for word in seen(text) if word not in ("https", "example", "org") and not word.isdecimal()]


def _links(text: str) -> int:
    return len(re.findall(rf"\]\(https?://{re.escape(HOST)}", text))


def _bare(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", BLOCK.sub(" ", UNSEEN.sub(" ", html))))


def _flat(html: str) -> str:
    return re.sub(r"[\W_]", "", _bare(html))


def _without_formulas(text: str) -> str:
    return re.sub(r"\\\(.*?\\\)|\\\[.*?\\\]", " ", text, flags=re.DOTALL)
