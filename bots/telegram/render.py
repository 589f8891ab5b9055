"""From a reply to what Telegram takes. Pure; its limits are kept here (platforms.md 2.3)."""

from html import escape

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from bots.shared.rows import rows
from bots.telegram.html import to_html
from bots.telegram.receive import CHOSEN
from core.messages import Button, Reply, Select, User

ROOM = 3800
"""Characters of a part: rendering adds bullets and the hosts of links, and 4,096 are allowed."""

UNDERWAY = "…"
DATA = 64
ROW = 4
ROWS = 20
TOAST = 200
PLACEHOLDER = 64


def html(reply: Reply, asked: User | None = None) -> str:
    """A message as Telegram's HTML: the reply's text, and its status in italics below.

    Who is `asked` is named before it: in a group the field for a reply opens for those who are.
    """
    name = f'<a href="tg://user?id={asked.id}">{escape(asked.name, quote=False)}</a>: ' if asked else ""
    status = f"<i>{escape(reply.status, quote=False)}</i>" if reply.status else ""
    literal = f"<pre>{escape(reply.literal, quote=False)}</pre>" if reply.literal else ""
    return "\n\n".join(filter(None, (name + to_html(reply.text), literal, status))) or UNDERWAY


def plain(reply: Reply) -> str:
    """The same without markup, for when Telegram cannot parse it after all."""
    return "\n\n".join(filter(None, (reply.text, reply.literal, reply.status))) or UNDERWAY


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """The buttons under a reply; a select becomes a row or more of them."""
    shown = [row for select in reply.selects for row in _options(select)]
    shown += [[_button(button) for button in row] for row in rows(reply.buttons, ROW)]
    return InlineKeyboardMarkup(shown[:ROWS]) if shown else None


def asking(reply: Reply) -> ForceReply | None:
    """Opens the field for a reply to this message, with a few words in it; None where none is asked for."""
    words = " ".join(reply.asks.split())[:PLACEHOLDER]
    return ForceReply(selective=True, input_field_placeholder=words) if words else None


def _button(button: Button) -> InlineKeyboardButton:
    label = button.emoji if button.emoji in ("👍", "👎") else f"{button.emoji} {button.label}".strip()
    return InlineKeyboardButton(f"✓ {label}" if button.chosen else label, callback_data=button.action)


def _options(select: Select) -> list[list[InlineKeyboardButton]]:
    found = [
        InlineKeyboardButton(f"✓ {label}" if value in select.chosen else label, callback_data=data)
        for value, label in select.options
        if len((data := f"{select.action}{CHOSEN}{value}").encode()) <= DATA
    ]
    return [found[at : at + ROW] for at in range(0, len(found), ROW)]


def toast(reply: Reply) -> str:
    """A short notice as it is shown over the chat; empty where it is too long or has more to it."""
    more = reply.buttons or reply.selects or reply.files or reply.replaces or reply.asks or reply.literal
    if more or len(reply.text) > TOAST:
        return ""
    return reply.text
