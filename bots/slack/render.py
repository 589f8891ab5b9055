"""Turning a reply or a form into Block Kit. Pure; Slack's limits are enforced here (docs/reference/platforms.md 4)."""

from collections.abc import Sequence
from typing import Any

from bots.shared.button_rows import rows
from bots.shared.command_names import COMMAND
from bots.shared.plain_text import plain_pieces
from bots.slack.markdown import escaped, neutralised, to_mrkdwn, to_slack
from bots.slack.receive import whereabouts
from core.actions import Action
from core.messages import AnyEvent, Button, Field, Form, Place, Reply, Select
from core.reactions import RATINGS

Block = dict[str, Any]
Groups = Sequence[tuple[str, str]]
"""Slack's user groups as pairs of id and handle: the options in a select of roles."""

LIMIT, ALL = 12_000, 13_000
"""Characters in a block of Markdown, and in all blocks of a message, whose buttons need a few more."""

LONGER = len("/parley ")
"""How many characters a command in a notice gets at most, since Slack has only one command of ours."""

UNDERWAY = "…"
NOTIFICATION = 2000
BUTTON, PLACEHOLDER, OPTION, TITLE = 75, 150, 75, 24
OPTIONS = 100
ACTION_ID = 255
IN_A_ROW = 25
FEW = 10
"""The most options shown as buttons or checkboxes; more of them become a list."""

LONGEST_ANSWER = 3000


def blocks(reply: Reply, groups: Groups = ()) -> list[Block]:
    """Return a message's blocks: its text, selects, thumbs, other buttons, and its status in small print."""
    text = to_slack(reply.text) or (UNDERWAY if not (reply.status or reply.literal) else "")
    words = [{"type": "markdown", "text": text}] if text else []
    return [*_named(reply), *words, *verbatim(reply.literal), *controls(reply, groups)]


def _named(reply: Reply) -> list[Block]:
    """Return the mention of the person whom a message notifies, apart from the text, in which none works."""
    if reply.notifies is None:
        return []
    return [{"type": "section", "text": {"type": "mrkdwn", "text": f"<@{reply.notifies.id}>"}}]


def plain_blocks(reply: Reply) -> list[Block]:
    """Return the same words in blocks without any markup, for when Slack refuses a message's own blocks."""
    words = "\n\n".join(filter(None, (reply.text, reply.literal))) or UNDERWAY
    pieces = plain_pieces(words, LONGEST_ANSWER)
    return [{"type": "section", "text": {"type": "plain_text", "text": piece, "emoji": False}} for piece in pieces]


def fill(reply: Reply) -> float:
    """Return the share of a message that a reply takes, with the commands in it written as Slack takes them."""
    commands = 0 if reply.answer else len(COMMAND.findall(reply.text))
    text = len(to_slack(reply.text)) + LONGER * commands
    return max(text / LIMIT, (text + len(neutralised(reply.literal)) + len(reply.status)) / ALL)


def verbatim(text: str) -> list[Block]:
    """Return a text exactly as it is: inside preformatted rich text, Slack makes no links, mentions or markup."""
    if not text:
        return []
    # Rich text has no <!channel>; should Slack ever read one there, it still notifies nobody.
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": neutralised(text)}]}
    return [{"type": "rich_text", "elements": [element]}]


def controls(reply: Reply, groups: Groups = ()) -> list[Block]:
    """Return all of a message's blocks except its text."""
    found = [block for select in reply.selects if (block := _section(select, groups))]
    thumbs = {Action.parse(button.action).verb: button for button in reply.buttons if button.emoji in RATINGS}
    others = [button for button in reply.buttons if button not in thumbs.values()]
    if len(thumbs) == 2:
        found.append(_feedback(*thumbs.values()))
    else:
        others = list(reply.buttons)
    for row in rows(others, IN_A_ROW):
        found.append({"type": "actions", "elements": [_button(button) for button in row]})
    if reply.status:
        small = {"type": "mrkdwn", "text": escaped(" ".join(reply.status.split()))[:LONGEST_ANSWER]}
        found.append({"type": "context", "elements": [small]})
    return found


def notification(reply: Reply) -> str:
    """Return what a phone shows of a message, and what is read out to people who cannot see its blocks."""
    name = f"<@{reply.notifies.id}> " if reply.notifies else ""
    return name + escaped(reply.text or reply.status)[:NOTIFICATION] or UNDERWAY


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": text[:limit] or "…", "emoji": True}


def _button(button: Button) -> Block:
    label = f"{button.emoji} {button.label}".strip()
    made: Block = {
        "type": "button",
        "action_id": button.action[:ACTION_ID],
        "text": _plain(f"✓ {label}" if button.chosen else label, BUTTON),
        "value": button.action,
    }
    return made | {"style": "primary"} if button.chosen else made


def _feedback(up: Button, down: Button) -> Block:
    def side(button: Button) -> Block:
        label = button.label or button.emoji
        return {"text": _plain(f"✓ {label}" if button.chosen else label, BUTTON), "value": button.action}

    element = {"type": "feedback_buttons", "action_id": up.action, "positive_button": side(up)}
    return {"type": "context_actions", "elements": [element | {"negative_button": side(down)}]}


def _section(select: Select, groups: Groups) -> Block | None:
    """Return a select with its label beside it; None if there is nothing to choose from."""
    element = _conversations(select) if select.kind == "channel" else _listed(select, groups)
    text = {"type": "mrkdwn", "text": escaped(select.label) or "…"}
    return {"type": "section", "text": text, "accessory": element} if element else None


def _conversations(select: Select) -> Block:
    element: Block = {
        "type": "multi_conversations_select",
        "action_id": select.action,
        "placeholder": _plain(select.label, PLACEHOLDER),
        "max_selected_items": select.most,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return element | {"initial_conversations": list(select.chosen)} if select.chosen else element


def _listed(select: Select, groups: Groups) -> Block | None:
    role = select.kind == "role"
    pairs = groups if role else select.options
    options = [_option(value, label) for value, label in pairs[:OPTIONS]]
    chosen = [option for option in options if option["value"] in select.chosen]
    if not options:
        return None
    common: Block = {"action_id": select.action, "placeholder": _plain(select.label, PLACEHOLDER), "options": options}
    if not role and select.most == 1:
        first = {"initial_option": chosen[0]} if chosen else {}
        return {"type": "static_select"} | common | first
    several: Block = {"type": "multi_static_select", "max_selected_items": select.most}
    return several | common | ({"initial_options": chosen} if chosen else {})


def _option(value: str, label: str) -> Block:
    return {"text": _plain(label, OPTION), "value": value[:150]}


def modal(form: Form, place: Place, cause: AnyEvent) -> Block:
    """Return a form as a modal, which carries the place where it was opened and what opened it."""
    # The only text block that a modal accepts is mrkdwn.
    text = {"type": "mrkdwn", "text": to_mrkdwn(form.text)[:LONGEST_ANSWER]}
    words = [{"type": "section", "text": text}] if form.text else []
    return {
        "type": "modal",
        "callback_id": form.action,
        "private_metadata": whereabouts(place, cause),
        "title": _plain(form.title, TITLE),
        "submit": _plain(form.submit, TITLE),
        "blocks": [*words, *(_question(field) for field in form.fields)],
    }


def _question(field: Field) -> Block:
    return {
        "type": "input",
        "block_id": field.name,
        "optional": not field.required,
        "label": _plain(field.label, 2000),
        "element": _text(field) if field.kind == "text" else _choice(field),
    }


def _text(field: Field) -> Block:
    longest = min(field.limit, LONGEST_ANSWER)
    element: Block = {
        "type": "plain_text_input",
        "action_id": field.name,
        "multiline": field.limit > 100,
        "max_length": longest,
    }
    return element | {"initial_value": field.value[:longest]} if field.value else element


def _choice(field: Field) -> Block:
    options = [_option(value, label) for value, label in field.options[:OPTIONS]]
    given = field.value.split(",")
    chosen = [option for option in options if option["value"] in given]
    one, few = field.kind == "choice", len(options) <= FEW
    kind = ("radio_buttons" if few else "static_select") if one else ("checkboxes" if few else "multi_static_select")
    element: Block = {"type": kind, "action_id": field.name, "options": options}
    if not chosen:
        return element
    return element | ({"initial_option": chosen[0]} if one else {"initial_options": chosen})
