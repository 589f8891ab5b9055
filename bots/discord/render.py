"""Turning a reply, a form or a command into what Discord accepts. Pure; enforces its limits
(docs/reference/platforms.md 4)."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bots.shared.button_rows import fewer, rows
from bots.shared.command_names import COMMAND, rewritten
from bots.shared.markdown import Bare, simpler
from bots.shared.plain_text import plain_pieces
from core.messages import Button, Field, Form, Reply, Select
from core.reactions import RATINGS

LIMIT = 2000
UNDERWAY = "▌"
ROW = 5
ROWS = 5
LABEL = 80
TITLE = 45
PARTS = 5
QUESTION = 45
OPTIONS = 25
OPTION = 100
FEW = 10
"""The most options shown as checkboxes; more of them become a list."""

ACTION_ROW, BUTTON, PRIMARY, SECONDARY = 1, 2, 1, 2
"""Discord's numbers for a row of buttons, for a button, and for the two styles that ours have."""

BARE: Bare = "<{}>".format
SIGNS = re.compile(r"[\\\\*_~`|<>#\[\]@]")

BROKEN = "\u2060`"
"""A backtick that cannot join others: three in a row would end a block of code."""

LINK = 24
"""How many characters a clickable command has beside its name, most of them the digits of its id."""

NOBODY = discord.AllowedMentions.none()
ASKER = discord.AllowedMentions(everyone=False, users=False, roles=False, replied_user=True)
"""Nothing that a model or a person writes notifies anyone; a reply notifies the person who asked."""


def content(reply: Reply) -> str:
    """Return the text of a message: the reply's own, then any text shown verbatim, then its status in small print."""
    name = f"<@{reply.notifies.id}> " if reply.notifies else ""
    status = f"-# {' '.join(reply.status.split())}" if reply.status else ""
    return _shown(name + to_discord(reply.text), verbatim(reply.literal), status)


def _shown(*parts: str) -> str:
    """Return the parts of a message beneath each other. Discord takes none of spaces alone."""
    text = "\n".join(filter(None, parts))
    return text if text.strip() else UNDERWAY


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message as Discord is given it. `plain` says that its words are as they were written.

    Beneath it are the selects and buttons of `pressable`, in either of two forms.
    """

    content: str
    pressable: Reply | None = None
    files: Sequence[discord.File] = ()
    plain: bool = False

    @property
    def view(self) -> ui.View | None:
        """As an object of the library, None if there are none."""
        return view(self.pressable) if self.pressable else None

    @property
    def components(self) -> list[dict[str, Any]]:
        """As they are in a request."""
        return components(self.pressable) if self.pressable else []


def ways(reply: Reply) -> Iterator[list[RenderedMessage]]:
    """Yield the ways to show a reply: as we render it, else its words alone in as many messages as they need.

    While it grows, one message has to do.
    """
    yield [RenderedMessage(content(reply), reply, files(reply))]
    words = _shown(reply.text, reply.literal, reply.status)
    *earlier, last = plain_pieces(words, LIMIT)[: 1 if reply.underway else None]
    before = [RenderedMessage(piece, plain=True) for piece in earlier]
    yield [*before, RenderedMessage(last, reply, files(reply), plain=True)]
    yield [*before, RenderedMessage(last, plain=True)]


def to_discord(text: str) -> str:
    """Return Markdown as Discord shows it."""
    return simpler(text, BARE, escaped)


def escaped(text: str) -> str:
    """Return a text, such as a formula, in which Discord sees no marks and no mentions."""
    return SIGNS.sub(r"\\\g<0>", text)


def fill(reply: Reply) -> float:
    """Return the share of a message that a reply takes, with the commands in it made clickable."""
    return (len(content(reply)) + LINK * len(COMMAND.findall(reply.text))) / LIMIT


def told(reply: Reply) -> discord.AllowedMentions:
    """Return whom a message notifies: who is replied to, or the one person whom it is for."""
    if reply.notifies:
        users = [discord.Object(int(reply.notifies.id))]
        return discord.AllowedMentions(everyone=False, users=users, roles=False, replied_user=bool(reply.reply_to))
    return ASKER if reply.reply_to else NOBODY


def verbatim(text: str) -> str:
    """Return a text as a code block, where Discord makes no links, mentions or markup; nothing in it ends the block."""
    return f"```\n{text.replace('``', f'`{BROKEN}')}\n```" if text else ""


def linked(text: str, ids: Mapping[str, str]) -> str:
    """Return one of our notices with its commands made clickable and shown in the reader's language."""

    def link(name: str, rest: str, code: bool) -> str:
        if name not in ids:
            return ""
        return f"</{name}:{ids[name]}>" + (f" `{rest}`" if rest else "")

    return rewritten(text, link)


def view(reply: Reply) -> ui.View | None:
    """Return the selects and buttons of a reply, None if it has none.

    Presses reach us as events and not through the view. So the view is stopped before it is used; otherwise discord.py
    would keep it.
    """
    if not reply.buttons and not reply.selects:
        return None
    shown = ui.View(timeout=None)
    for number, select in enumerate(reply.selects[: ROWS - 1]):
        shown.add_item(_select(select, number))
    first = min(len(reply.selects), ROWS - 1)
    for number, row in enumerate(_button_rows(reply, ROWS - first), first):
        for button in row:
            shown.add_item(_button(button, number))
    shown.stop()
    return shown


def components(reply: Reply) -> list[dict[str, Any]]:
    """Return the selects and buttons of a reply as they are in a request.

    Buttons alone, as each answer has them, need none of the library's objects, which take thirty times as long.
    """
    if reply.selects:
        shown = view(reply)
        return shown.to_components() if shown else []
    return [{"type": ACTION_ROW, "components": [_pressed(one) for one in row]} for row in _button_rows(reply, ROWS)]


def _button_rows(reply: Reply, most: int) -> Sequence[Sequence[Button]]:
    return fewer(rows(reply.buttons, ROW), ROW, most)


def _pressed(button: Button) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "type": BUTTON,
        "style": PRIMARY if button.chosen else SECONDARY,
        "custom_id": button.action,
        "disabled": False,
    }
    if button.label and button.emoji not in RATINGS:
        shown["label"] = button.label[:LABEL]
    if button.emoji:
        shown["emoji"] = {"name": button.emoji, "id": None}
    return shown


def _button(button: Button, row: int) -> ui.Button[ui.View]:
    style = discord.ButtonStyle.primary if button.chosen else discord.ButtonStyle.secondary
    thumb = button.emoji in RATINGS
    return ui.Button(
        style=style,
        custom_id=button.action,
        label=None if thumb else button.label[:LABEL],
        emoji=button.emoji or None,
        row=row,
    )


def _select(select: Select, row: int) -> ui.Item[ui.View]:
    most = min(select.most, OPTIONS)
    common: dict[str, Any] = {
        "custom_id": select.action,
        "placeholder": select.label[:150],
        "min_values": 0,
        "max_values": most,
        "row": row,
    }
    if select.kind == "option":
        options = [
            discord.SelectOption(label=label[:OPTION], value=value[:OPTION], default=value in select.chosen)
            for value, label in select.options[:OPTIONS]
        ]
        return ui.Select(options=options, **(common | {"max_values": min(most, len(options))}))
    chosen = [int(id) for id in select.chosen if id.isdecimal()][:most]
    if select.kind == "channel":
        kinds = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]
        values = [discord.SelectDefaultValue(id=id, type=discord.SelectDefaultValueType.channel) for id in chosen]
        return ui.ChannelSelect(channel_types=kinds, default_values=values, **common)
    roles = [discord.SelectDefaultValue(id=id, type=discord.SelectDefaultValueType.role) for id in chosen]
    return ui.RoleSelect(default_values=roles, **common)


def files(reply: Reply) -> list[discord.File]:
    """Return the files of a reply, which can be sent only once."""
    return [discord.File(io.BytesIO(file.content), filename=file.name) for file in reply.files[:10]]


def modal(form: Form) -> ui.Modal:
    """Return a form as a modal, including its text if that leaves room for all the questions.

    Like a view, it is stopped before it is used: the answer reaches us as an event.
    """
    shown = ui.Modal(title=form.title[:TITLE], timeout=None, custom_id=form.action)
    if form.text and len(form.fields) < PARTS:
        text = to_discord(form.text)
        shown.add_item(ui.TextDisplay(text if len(text) <= LIMIT else f"{text[: LIMIT - 1]}…"))
    for field in form.fields[:PARTS]:
        shown.add_item(ui.Label(text=field.label[:QUESTION], component=_question(field)))
    shown.stop()
    return shown


def _question(field: Field) -> ui.Item[ui.Modal]:
    if field.kind == "text":
        style = discord.TextStyle.long if field.limit > 100 else discord.TextStyle.short
        return ui.TextInput(
            custom_id=field.name,
            style=style,
            default=field.value[: min(field.limit, 4000)] or None,
            max_length=min(field.limit, 4000),
            required=field.required,
        )
    chosen = field.value.split(",")
    options = field.options[:OPTIONS]
    if field.kind == "choice" and 2 <= len(options) <= FEW:
        radios = [
            discord.RadioGroupOption(label=label[:OPTION], value=value, default=value in chosen)
            for value, label in options
        ]
        return ui.RadioGroup(custom_id=field.name, options=radios, required=field.required)
    if field.kind == "choices" and len(options) <= FEW:
        boxes = [
            discord.CheckboxGroupOption(label=label[:OPTION], value=value, default=value in chosen)
            for value, label in options
        ]
        least = 1 if field.required else 0
        return ui.CheckboxGroup(
            custom_id=field.name, options=boxes, required=field.required, min_values=least, max_values=len(boxes)
        )
    listed = [
        discord.SelectOption(label=label[:OPTION], value=value, default=value in chosen) for value, label in options
    ]
    most = len(listed) if field.kind == "choices" else 1
    return ui.Select(
        custom_id=field.name,
        options=listed,
        required=field.required,
        min_values=1 if field.required else 0,
        max_values=most,
    )


def choices(values: Sequence[str]) -> list[discord.app_commands.Choice[str]]:
    """Return the suggestions for an option that somebody is typing."""
    return [discord.app_commands.Choice(name=value[:OPTION], value=value[:OPTION]) for value in values[:OPTIONS]]
