"""From a reply, a form or a command to what Discord takes. Pure; its limits are kept here (platforms.md 4)."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord import ui

from bots.shared.markdown import Bare, simpler
from bots.shared.rows import fewer, rows
from core.messages import Button, Field, Form, Reply, Select

LIMIT = 2000
ROOM = 1800
"""Characters of a part before it is rendered: a table's fences and the hosts of links come on top."""

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
"""Options that are shown as boxes to tick; more of them become a list."""

BARE: Bare = "<{}>".format
COMMAND = re.compile(r"`/(?P<name>[\w-]+)(?P<rest> [^`\n]*)?`|(?<![\w/<`])/(?P<bare>[a-z][\w-]*)\b(?!/)")
"""A command in a text of ours, in code with its options or by itself."""

BROKEN = "\u2060`"
"""A backtick that joins no others: three in a row would end a block of code."""

NOBODY = discord.AllowedMentions.none()
ASKER = discord.AllowedMentions(everyone=False, users=False, roles=False, replied_user=True)
"""Nothing that a model or a person writes rings a bell; a reply rings the asker's."""


def content(reply: Reply) -> str:
    """The text of a message: the reply's own, what is shown letter by letter, and its status in small print below."""
    text, block = simpler(reply.text, BARE), verbatim(reply.literal)
    status = f"-# {' '.join(reply.status.split())}" if reply.status else ""
    shown = "\n".join(filter(None, (text, block, status)))
    if len(shown) > LIMIT:
        # What a person is to read letter by letter is never cut in silence: Discord refuses what is still too long.
        shown = "\n".join(filter(None, (reply.text, block, status)))
        shown = shown if block else shown[:LIMIT]
    return shown or UNDERWAY


def verbatim(text: str) -> str:
    """A text as a block of code, in which Discord forms no link, mention or mark; nothing in it ends the block."""
    return f"```\n{text.replace('``', f'`{BROKEN}')}\n```" if text else ""


def linked(text: str, ids: Mapping[str, str]) -> str:
    """A notice of ours with its commands as Discord shows them: in the reader's language, and to be clicked."""

    def link(match: re.Match[str]) -> str:
        name, rest = match["name"] or match["bare"], (match["rest"] or "").strip()
        if name not in ids:
            return match[0]
        return f"</{name}:{ids[name]}>" + (f" `{rest}`" if rest else "")

    return COMMAND.sub(link, text)


def view(reply: Reply) -> ui.View | None:
    """The selects and buttons of a reply, None where it has none.

    Presses come to us as events and not to the view, so it is finished before it begins: discord.py would keep it.
    """
    if not reply.buttons and not reply.selects:
        return None
    shown = ui.View(timeout=None)
    for number, select in enumerate(reply.selects[: ROWS - 1]):
        shown.add_item(_select(select, number))
    first = min(len(reply.selects), ROWS - 1)
    for number, row in enumerate(fewer(rows(reply.buttons, ROW), ROW, ROWS - first), first):
        for button in row:
            shown.add_item(_button(button, number))
    shown.stop()
    return shown


def _button(button: Button, row: int) -> ui.Button[ui.View]:
    style = discord.ButtonStyle.primary if button.chosen else discord.ButtonStyle.secondary
    thumb = button.emoji in ("👍", "👎")
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
    """The files of a reply, to be sent once."""
    return [discord.File(io.BytesIO(file.content), filename=file.name) for file in reply.files[:10]]


def modal(form: Form) -> ui.Modal:
    """A form, with its text where that leaves room for all questions.

    Like a view, it is finished before it begins: the answer comes to us as an event.
    """
    shown = ui.Modal(title=form.title[:TITLE], timeout=None, custom_id=form.action)
    if form.text and len(form.fields) < PARTS:
        text = simpler(form.text, BARE)
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
    """What may be typed on, for an option under the cursor."""
    return [discord.app_commands.Choice(name=value[:OPTION], value=value[:OPTION]) for value in values[:OPTIONS]]
