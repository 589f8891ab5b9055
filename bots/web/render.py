"""Renders what the core says as HTML, with Jinja2 templates around the output of markdown.py and view.py."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bots.shared.button_rows import asked
from bots.web.downloads import FileLink
from bots.web.markdown import GrowingMarkdown, parser
from bots.web.page_state import ComposerPicker, PageState, flow
from bots.web.rooms import LiveAnswer, RoomNote
from bots.web.view import Kind, PageItem, PageView, element, slug
from core.actions import Verb, joined
from core.markdown.closing import closed
from core.messages import UNDERWAY, Button, Select, Summary, Turn
from core.reactions import THUMB_DOWN, THUMB_UP

LONGEST_PLAIN = 3000
"""A person's message with more characters than this is folded up."""

LONGEST_KEPT = 30_000
"""The HTML of a message with more characters than this is not cached."""

ICONS = {
    THUMB_UP: "thumb-up",
    THUMB_DOWN: "thumb-down",
    "🔁": "retry",
    "🔄": "retry",
    "⏹": "stop",
    "▶": "continue",
    "💬": "why",
    "🗑": "delete",
}
"""The page's own icons for the emoji of buttons; a button's label is shown on hover and read by screen readers."""


ListName = Literal["conversations", "pickers"]


class TextLookup(Protocol):
    """The signature of `SurfaceRecords.text`."""

    def __call__(self, language: str, key: str, **values: str | int) -> str: ...


@dataclass(frozen=True, slots=True)
class PageContext:
    """The page on which something is drawn."""

    channel: str
    language: str


@dataclass(frozen=True, slots=True)
class MessageFoot:
    """The parts shown beneath a message.

    `id` is its platform id, `waiting` shows the thinking dots, and `source` is what the copy button copies.
    """

    id: str = ""
    status: str = ""
    underway: bool = False
    waiting: bool = False
    buttons: tuple[Button, ...] = ()
    selects: tuple[Select, ...] = ()
    links: tuple[tuple[FileLink, bool], ...] = ()
    source: str = ""
    branch: int = 1
    branches: tuple[str, ...] = ()
    reply: bool = False
    edit: bool = False


class PageRenderer:
    """Draws pages and their parts. Safe to call from several threads.

    `address` gives an asset's URL, `available` says whether a file can still be fetched. `once` is a placeholder for
    each form's one-time id, so that rendering the same thing twice gives the same HTML.
    """

    def __init__(
        self, text: TextLookup, address: Callable[[str], str], available: Callable[[str], bool], once: str
    ) -> None:
        self._text = text
        self._available = available
        self._parser = parser()
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            static=address,
            once=once,
            icons=ICONS,
            switch_to=partial(joined, Verb.BRANCH),
            about=partial(joined, Verb.TALK),
        )
        self._templates.filters.update(slug=slug, filesize=file_size, bare=bare_emoji, rows=asked)
        # Finished messages are rendered once; the bounds keep the caches to a few megabytes.
        self._finished = lru_cache(512)(self._turn)
        self._listed = lru_cache(128)(self._list)
        self._blocks = lru_cache(256)(lambda text, page: self.growing(page.language).blocks(text))

    def growing(self, language: str) -> GrowingMarkdown:
        """Make the object that renders a new answer as it grows."""
        return GrowingMarkdown(self._parser, self._text(language, "web-copy"))

    def view(self, state: PageState) -> PageView:
        """Render everything that can change on a page."""
        page = PageContext(state.place.channel, state.language)
        shown = flow(state.turns, state.notes)
        items = [self._drawn(thing, state, page) for thing in shown]
        if shown and isinstance(shown[-1], RoomNote) and shown[-1].kind == "message":
            items.append(self._item("awaited", "assistant", (), MessageFoot(underway=True, waiting=True), page))
        titles = [summary.title for summary in state.summaries if summary.place.channel == page.channel]
        if not shown and titles and titles[0].startswith("/"):
            items.append(self._gone("gone", titles[0], page))
        return PageView(
            titles[0] if titles and titles[0] else self._text(page.language, "web-new"),
            self._listed("conversations", state.summaries, page),
            tuple(items),
            self._listed("pickers", state.pickers, page),
        )

    def page(self, page: PageContext, view: PageView, **context: object) -> str:
        """Render the whole page around a view."""
        return self.part(
            "page.html",
            page,
            title=view.title,
            version=view.version,
            conversations=Markup(view.conversations),
            pickers=Markup(view.pickers),
            turns=Markup("".join(map(element, view.items))),
            underway=any(item.underway for item in view.items),
            **{"operator": "", **context},
        )

    def part(self, template: str, page: PageContext, **context: object) -> str:
        """Render a template by its name."""
        words, markdown = partial(self._text, page.language), partial(self._blocks, page=page)
        found = self._templates.get_template(template)
        return found.render(t=words, markdown=markdown, channel=page.channel, **context)

    def _drawn(self, thing: Turn | RoomNote, state: PageState, page: PageContext) -> PageItem:
        if isinstance(thing, RoomNote):
            return self._note(thing, page)
        live = state.live.get(thing.id)
        if thing.letter:
            return self._compared(thing, live, page)
        if live and (live.reply.underway or thing.state in UNDERWAY):
            return self._live(thing, live, page)
        status = live.reply.status if live else ""
        draw = self._finished if len(thing.text) + len(thing.reasoning) < LONGEST_KEPT else self._turn
        return draw(thing, status, self._there(live.links if live else ()), page)

    def _compared(self, turn: Turn, live: LiveAnswer | None, page: PageContext) -> PageItem:
        """One of two answers between which somebody is to choose. It is shown whole, and stands beside the other."""
        underway = turn.state in UNDERWAY
        letter = self._text(page.language, "arena-answer", letter=turn.letter)
        status = live.reply.status if live and underway else ""
        foot = MessageFoot(status=status, underway=underway, waiting=underway, source="" if underway else turn.text)
        blocks = () if underway else self._blocks(closed(turn.text, "ended").text, page)
        # Once it is chosen, it stands there as any other answer does.
        item = self._item(f"{turn.id}-{turn.letter}", "assistant", blocks, foot, page, letter)
        return replace(item, side="left" if turn.letter == "A" else "right")

    def _live(self, turn: Turn, live: LiveAnswer, page: PageContext) -> PageItem:
        reply = live.reply
        foot = MessageFoot(
            id=live.key,
            status=reply.status,
            underway=reply.underway,
            waiting=reply.underway and not reply.text,
            buttons=reply.buttons,
            links=self._there(live.links),
        )
        # While the model thinks, whoever has unfolded its reasoning would see it folded up again with every change.
        blocks = self._reasoning(reply.reasoning if reply.text or not reply.underway else "", page)
        return self._item(turn.id, "assistant", (*blocks, *live.growing.blocks(reply.text)), foot, page, turn.model)

    def _turn(self, turn: Turn, status: str, links: tuple[tuple[FileLink, bool], ...], page: PageContext) -> PageItem:
        id, branch, branches = turn.platform_id or "", turn.branch, turn.branches
        if turn.role == "prompter":
            foot = MessageFoot(id, branch=branch, branches=branches, edit=bool(id))
            quoted = (self.part("quoted.html", page, text=one) for one in turn.quoted)
            return self._item(id or turn.id, "prompter", (self._plain(turn.text, page), *quoted), foot, page)
        underway = turn.state in UNDERWAY
        foot = MessageFoot(
            id=id,
            status=status or turn.status,
            underway=underway,
            waiting=underway and not turn.text,
            buttons=turn.buttons,
            links=links,
            source="" if underway else turn.text,
            branch=branch,
            branches=branches,
            reply=bool(id) and not underway,
        )
        # The transcript has the model's text as it was, even if it was cut.
        whole = closed(turn.text, "grows" if underway else "ended").text
        blocks = (*self._reasoning(turn.reasoning, page), *self._blocks(whole, page))
        return self._item(turn.id, "assistant", blocks, foot, page, turn.model)

    def _note(self, note: RoomNote, page: PageContext) -> PageItem:
        if note.kind == "gone":
            return self._gone(note.id, note.reply.text, page)
        kind: Kind = "prompter" if note.kind == "message" else note.kind
        if note.kind == "notice":
            reply = note.reply
            foot = MessageFoot(
                note.id, reply.status, buttons=reply.buttons, selects=reply.selects, links=self._there(note.links)
            )
            blocks = self._blocks(note.reply.text, page)
            if reply.literal:
                blocks = (*blocks, self.part("literal.html", page, text=reply.literal))
            return self._item(note.id, kind, blocks, foot, page)
        return self._item(note.id, kind, (self._plain(note.reply.text, page),), MessageFoot(), page)

    def _item(
        self,
        id: str,
        kind: Kind,
        blocks: tuple[str, ...],
        foot: MessageFoot,
        page: PageContext,
        model: str = "",
    ) -> PageItem:
        name = f"t-{slug(id)}"
        return PageItem(
            id=name,
            kind=kind,
            head=self.part("head.html", page, item=name, kind=kind, model=model),
            blocks=blocks,
            foot=self.part("foot.html", page, foot=foot, item=name, kind=kind),
            underway=foot.underway,
        )

    def _gone(self, id: str, command: str, page: PageContext) -> PageItem:
        """What stands in place of a command's card, which is not kept for long: the command can be given again."""
        name = f"t-{slug(id)}"
        said = self._plain(self._text(page.language, "web-card-gone", command=command), page)
        head = self.part("head.html", page, item=name, kind="notice", model="")
        return PageItem(name, "notice", head, (said,), self.part("gone.html", page, command=command))

    def _there(self, links: tuple[FileLink, ...]) -> tuple[tuple[FileLink, bool], ...]:
        return tuple((link, self._available(link.token)) for link in links)

    def _reasoning(self, text: str, page: PageContext) -> tuple[str, ...]:
        return (self.part("reasoning.html", page, text=text),) if text.strip() else ()

    def _plain(self, text: str, page: PageContext) -> str:
        return self.part("plain.html", page, text=text, limit=LONGEST_PLAIN)

    def _list(self, name: ListName, things: tuple[Summary, ...] | tuple[ComposerPicker, ...], page: PageContext) -> str:
        return self.part(f"{name}.html", page, **{name: things})


def file_size(size: int) -> str:
    """A size in bytes, formatted for people."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def bare_emoji(emoji: str) -> str:
    """An emoji without the variation selector that asks for colour."""
    return emoji.removesuffix("\N{VARIATION SELECTOR-16}")
