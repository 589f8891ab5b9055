"""Turning a reply into what Telegram accepts. Pure; enforces its limits (docs/reference/platforms.md 2.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode

from bots.shared.button_rows import rows
from bots.shared.plain_text import plain_pieces
from bots.telegram.html import GAP, html_parts, measured, to_html
from bots.telegram.receive import CHOSEN, is_chat
from core.actions import LONGEST
from core.messages import Button, Reply, Select, User
from core.reactions import RATINGS

LIMIT, ENTITIES = 4096, 100
"""Characters after entities are parsed, in UTF-16 units, and entities, of which Telegram silently drops any more."""

UNDERWAY = "…"
ROW = 4
ROWS = 20
TOAST = 200
PLACEHOLDER = 64


def html(reply: Reply, asked: User | None = None) -> str:
    """Return a message as Telegram's HTML: the reply's text, and its status in italics below.

    The person whom it notifies is named before the text, and so is `asked`: in a group, the reply field opens only for
    people who are named.
    """
    named = asked or reply.notifies
    name = f"{_mention(named)}: " if named else ""
    shown = (name + to_html(reply.text), _literal(reply.literal), _status(reply.status))
    return GAP.join(filter(None, shown)) or UNDERWAY


def fill(reply: Reply) -> float:
    """Return the share of a message that a reply takes."""
    around = [measured(one) for one in (_literal(reply.literal), _status(reply.status)) if one]
    found = [*html_parts(reply.text), *around]
    gaps = len(GAP) * max(len(found) - 1, 0)
    named = len(reply.notifies.name) + len(": ") if reply.notifies else 0
    units = sum(part.units for part in found) + gaps + 2 * named
    return max(units / LIMIT, (sum(part.entities for part in found) + bool(named)) / ENTITIES)


def _literal(text: str) -> str:
    return f"<pre>{escape(text, quote=False)}</pre>" if text else ""


def _status(text: str) -> str:
    return f"<i>{escape(text, quote=False)}</i>" if text else ""


def _mention(user: User) -> str:
    name = escape(user.name, quote=False)
    return name if is_chat(user) else f'<a href="tg://user?id={user.id}">{name}</a>'


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message as Telegram is given it; `mode` says how to read it, and `controls` that it has the reply's buttons."""

    text: str
    mode: str | None = None
    controls: bool = True


def plain(reply: Reply) -> str:
    """Return the words of a message as they are written."""
    name = f"{reply.notifies.name}: " if reply.notifies else ""
    return GAP.join(filter(None, (name + reply.text, reply.literal, reply.status))) or UNDERWAY


def ways(reply: Reply, asked: User | None = None) -> Iterator[list[RenderedMessage]]:
    """Yield the ways to show a reply: as we render it, else its words alone in as many messages as they need.

    While it grows, one message has to do.
    """
    yield [RenderedMessage(html(reply, asked), ParseMode.HTML)]
    *earlier, last = plain_pieces(plain(reply), LIMIT)[: 1 if reply.underway else None]
    before = [RenderedMessage(piece, controls=False) for piece in earlier]
    yield [*before, RenderedMessage(last)]
    yield [*before, RenderedMessage(last, controls=False)]


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """Return the buttons under a reply; a select becomes one or more rows of buttons."""
    shown = [row for select in reply.selects for row in _options(select)]
    shown += [[_button(button) for button in row] for row in rows(reply.buttons, ROW)]
    return InlineKeyboardMarkup(shown[:ROWS]) if shown else None


def asking(reply: Reply) -> ForceReply | None:
    """Return the markup that opens a reply field with a short placeholder; None if the reply asks for no answer."""
    words = " ".join(reply.asks.split())[:PLACEHOLDER]
    return ForceReply(selective=True, input_field_placeholder=words) if words else None


def _button(button: Button) -> InlineKeyboardButton:
    label = button.emoji if button.emoji in RATINGS else f"{button.emoji} {button.label}".strip()
    return InlineKeyboardButton(f"✓ {label}" if button.chosen else label, callback_data=button.action)


def _options(select: Select) -> list[list[InlineKeyboardButton]]:
    found = [
        InlineKeyboardButton(f"✓ {label}" if value in select.chosen else label, callback_data=data)
        for value, label in select.options
        if len((data := f"{select.action}{CHOSEN}{value}").encode()) <= LONGEST
    ]
    return [found[at : at + ROW] for at in range(0, len(found), ROW)]


def toast(reply: Reply) -> str:
    """Return a short notice to show over the chat; empty if it is too long or has more than text."""
    more = reply.buttons or reply.selects or reply.files or reply.replaces or reply.asks or reply.literal
    if more or len(reply.text) > TOAST:
        return ""
    return reply.text
