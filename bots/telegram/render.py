"""Turning a reply into what Telegram accepts. Pure; enforces its limits (docs/reference/platforms.md 2.3)."""

from html import escape

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from bots.shared.button_rows import rows
from bots.telegram.html import to_html
from bots.telegram.receive import CHOSEN, is_chat
from core.actions import LONGEST
from core.messages import Button, Reply, Select, User
from core.reactions import RATINGS

ROOM = 3800
"""Characters in one part: rendering adds bullets and the hosts of links, and Telegram allows 4,096."""

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
    status = f"<i>{escape(reply.status, quote=False)}</i>" if reply.status else ""
    literal = f"<pre>{escape(reply.literal, quote=False)}</pre>" if reply.literal else ""
    return "\n\n".join(filter(None, (name + to_html(reply.text), literal, status))) or UNDERWAY


def _mention(user: User) -> str:
    name = escape(user.name, quote=False)
    return name if is_chat(user) else f'<a href="tg://user?id={user.id}">{name}</a>'


def plain(reply: Reply) -> str:
    """Return the same message without markup, for when Telegram cannot parse the HTML after all."""
    name = f"{reply.notifies.name}: " if reply.notifies else ""
    return "\n\n".join(filter(None, (name + reply.text, reply.literal, reply.status))) or UNDERWAY


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
