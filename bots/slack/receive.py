"""Turning what Slack sends into events. Pure. The shapes are those of its Events API and interaction payloads."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

from core.messages import (
    AnyEvent,
    Attachment,
    Deletion,
    Edit,
    Invocation,
    Message,
    Passage,
    Place,
    Press,
    Quote,
    Reaction,
    Submission,
    User,
)
from core.reactions import REPORT, STOP, THUMB_DOWN, THUMB_UP

PLATFORM = "slack"
Payload = Mapping[str, Any]

EMOJI = {
    "+1": THUMB_UP,
    "thumbsup": THUMB_UP,
    "-1": THUMB_DOWN,
    "thumbsdown": THUMB_DOWN,
    "triangular_flag_on_post": REPORT,
    "octagonal_sign": STOP,
}
"""The reactions that mean something to us, by Slack's names for them."""

SPOKEN = frozenset({"", "file_share", "thread_broadcast", "me_message"})
"""The subtypes of a message that a person has just written."""

TOMBSTONE = "tombstone"
"""The subtype of a message that stands in place of a deleted one that has replies."""

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
CHANNEL = re.compile(r"<#([CGD][A-Z0-9]+)\|([^>]*)>")
GROUP = re.compile(r"<!subteam\^([A-Z0-9]+)(?:\|@?([^>]*))?>")
DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
SPECIAL = re.compile(r"<!([^>|^]+)(?:[|^][^>]*)?>")
LINK = re.compile(r"<((?:https?|mailto|tel):[^>|]+)(?:\|([^>]*))?>")


@dataclass(frozen=True, slots=True)
class InteractionTicket:
    """What Slack requires with an answer to an interaction.

    `trigger` opens a form, within three seconds; `response_url` takes up to five messages within thirty minutes.
    """

    trigger: str = ""
    response_url: str = ""

    def __str__(self) -> str:
        return f"{self.trigger} {self.response_url}".rstrip()

    @classmethod
    def parse(cls, text: str) -> "InteractionTicket":
        """Read the ticket that an event carries."""
        trigger, _, url = text.partition(" ")
        return cls(trigger, url)


def when(ts: str) -> datetime:
    """Return the time of a message from its id: seconds since 1970, with a fraction that makes it unique."""
    return datetime.fromtimestamp(float(ts), UTC)


def place_of(team: str, channel: str, thread: str = "", *, private: bool = False) -> Place:
    """Return the place of a channel or a thread in it; in direct messages, a thread is a conversation in the pane."""
    return Place(PLATFORM, team, channel, thread, private)


def is_direct(event: Payload) -> bool:
    """Return whether a message event is from our direct messages with one person."""
    return event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")


def thread_of(message: Payload, *, direct: bool) -> str:
    """Return the thread that a message belongs to.

    In a channel every conversation is a thread, which its first message begins. In a direct one, a message that begins
    a thread is in none: it was in none before anybody replied to it.
    """
    thread, own = message.get("thread_ts", ""), message["ts"]
    return str(("" if thread == own else thread) if direct else thread or own)


def place_in(event: Payload, message: Payload, team: str) -> Place:
    """Return the place of a message that an event is about."""
    direct = is_direct(event)
    return place_of(team, event["channel"], thread_of(message, direct=direct), private=direct)


def mentioned(text: str) -> list[str]:
    """Return the ids of the people whom a text mentions."""
    return MENTION.findall(text)


def mentions_groups(text: str) -> bool:
    """Return whether a text mentions user groups."""
    return bool(GROUP.search(text))


def calls(text: str, me: str) -> bool:
    """Return whether a text mentions us."""
    return me in mentioned(text)


def readable(text: str, me: str, names: Mapping[str, str]) -> str:
    """Return the text as a person reads it: names in place of ids, and without the mention that called us.

    Slack does not always say what a channel or a group is called.
    """
    own = rf"<@{me}(?:\|[^>]*)?>"
    text = re.sub(rf"^\s*(?:{own}[\s,:]*)+|\s*{own}\s*$", "", text)
    text = MENTION.sub(lambda match: f"@{names.get(match[1], match[1])}", text)
    text = CHANNEL.sub(lambda match: f"#{match[2]}" if match[2] else f"<#{match[1]}>", text)
    text = GROUP.sub(lambda match: f"@{match[2] or names.get(match[1], match[1])}", text)
    text = LINK.sub(_linked, text)
    text = SPECIAL.sub(r"@\1", DATE.sub(r"\1", text))
    return unescape(text).strip()


def _linked(match: re.Match[str]) -> str:
    address, words = match[1], match[2]
    if words and words not in address:
        return f"[{words}]({address})"
    # What somebody typed as an address, Slack has made a link.
    return address if address.startswith("http") else address.partition(":")[2]


def message(
    event: Payload,
    place: Place,
    user: User,
    text: str,
    *,
    quoted: tuple[Quote, ...] = (),
    passages: tuple[Passage, ...] = (),
    attachments: tuple[Attachment, ...] = (),
    fresh: bool = False,
) -> Message:
    """Return the event for a message that somebody wrote to us.

    The same message arrives as a `message` and as an `app_mention`; both get the same key.
    """
    return Message(
        key=f"slack:msg:{place.community}:{place.channel}:{event['ts']}",
        place=place,
        user=user,
        at=when(event["ts"]),
        id=event["ts"],
        text=text,
        reply_to=quoted[-1].id if quoted else None,
        fresh=fresh,
        quoted=quoted,
        passages=passages,
        attachments=attachments,
        source="direct" if place.private else "gateway",
    )


def edit(changed: Payload, place: Place, user: User, text: str) -> Edit:
    """Return the event for a message's new text. Each change to a message is an event of its own."""
    edited = changed["edited"]["ts"]
    return Edit(
        key=f"slack:edit:{place.community}:{place.channel}:{changed['ts']}:{edited}",
        place=place,
        user=user,
        at=when(edited),
        id=changed["ts"],
        text=text,
        offer=True,
        source="direct" if place.private else "gateway",
    )


def is_tombstone(message: Payload) -> bool:
    """Return whether a message stands in place of a deleted one that has replies."""
    return message.get("subtype") == TOMBSTONE


def deletion(event: Payload, message: Payload, team: str) -> Deletion:
    """Return the event for a deleted message. Slack does not say who deleted it."""
    ts, place = message["ts"], place_in(event, message, team)
    key = f"slack:del:{place.community}:{place.channel}:{ts}"
    return Deletion(key=key, place=place, user=User("", ""), at=datetime.now(UTC), id=ts)


def emoji_of(name: str) -> str:
    """Return the emoji of a reaction without its skin tone; empty for one that means nothing to us."""
    return EMOJI.get(name.partition("::")[0], "")


def reaction(key: str, ts: str, emoji: str, user: User, place: Place, *, added: bool) -> Reaction:
    """Return the event for a reaction that was added to a message, or removed."""
    return Reaction(key=key, place=place, user=user, at=datetime.now(UTC), id=ts, emoji=emoji, added=added)


def command(body: Payload, place: Place, user: User) -> Invocation:
    """Return the event for a slash command: its first word names one of our commands, or is help if there is none."""
    name, rest = first_word(unescape(str(body.get("text", ""))).strip())
    return Invocation(
        **_from(body, place, user, InteractionTicket(body["trigger_id"], body.get("response_url", ""))),
        command=name.lower().removeprefix("/") or "help",
        arguments={"": rest.strip()} if rest.strip() else {},
    )


def first_word(text: str) -> tuple[str, str]:
    """Return the first word of a text and the rest, which may begin on the next line."""
    first, *rest = text.split(None, 1) or [""]
    return first, "".join(rest)


def written_command(event: Payload, place: Place, user: User, name: str, rest: str) -> Invocation:
    """Return the event for a command that was written as a message; it has the key of that message."""
    return Invocation(
        key=f"slack:msg:{place.community}:{place.channel}:{event['ts']}",
        place=place,
        user=user,
        at=when(event["ts"]),
        command=name,
        arguments={"": rest} if rest else {},
    )


def shortcut(body: Payload, place: Place, user: User) -> Invocation:
    """Return the event for a command in a message's menu, or in the shortcuts menu, where there is no message."""
    ticket = InteractionTicket(body["trigger_id"], body.get("response_url", ""))
    target = body.get("message", {}).get("ts")
    return Invocation(**_from(body, place, user, ticket), command=body["callback_id"], message=target)


def press(body: Payload, place: Place, user: User) -> Press:
    """Return the event for a button, or for something chosen in a select."""
    action = body["actions"][0]
    return Press(
        **_from(body, place, user, InteractionTicket(body["trigger_id"], body.get("response_url", ""))),
        action=action.get("value") or action["action_id"],
        id=body.get("container", {}).get("message_ts"),
        values=tuple(_chosen(action)),
    )


def submission(body: Payload, place: Place, user: User) -> Submission:
    """Return the event for a submitted modal."""
    fields = [field for block in body["view"]["state"]["values"].values() for field in block.items()]
    values = {name: field.get("value") or ",".join(_chosen(field)) for name, field in fields}
    shown, url = origin(body["view"]["private_metadata"])
    return Submission(
        **_from(body, place, user, InteractionTicket(body.get("trigger_id", ""), url)),
        form=body["view"]["callback_id"],
        id=shown or None,
        values={name: value for name, value in values.items() if value},
    )


def _chosen(element: Payload) -> list[str]:
    """Return what was chosen in a select, in radio buttons or in checkboxes."""
    options = element.get("selected_options") or [element.get("selected_option")]
    found = [option["value"] for option in options if option]
    return [*found, *(element.get("selected_conversations") or ())]


def _from(body: Payload, place: Place, user: User, ticket: InteractionTicket) -> dict[str, Any]:
    # Each interaction has its own trigger.
    key = f"slack:ix:{ticket.trigger or body['view']['id']}"
    return {"key": key, "place": place, "user": user, "at": datetime.now(UTC), "ticket": str(ticket)}


def whereabouts(place: Place, cause: AnyEvent) -> str:
    """Return what a modal carries, since Slack does not say where it was opened.

    This is the place, the message whose button was pressed, and the address for replacing that message.
    """
    pressed = (
        (cause.id or "", InteractionTicket.parse(cause.ticket).response_url) if isinstance(cause, Press) else ("", "")
    )
    return json.dumps([place.channel, place.thread, place.private, *pressed])


def from_whereabouts(team: str, text: str) -> Place:
    """Return the place that a modal carried."""
    channel, thread, private, *_ = json.loads(text)
    return place_of(team, channel, thread, private=private)


def origin(text: str) -> tuple[str, str]:
    """Return the message and the address that a modal carried; both are empty if no button opened it."""
    # A modal opened by an earlier version of Parley carries neither.
    _, _, _, *pressed = json.loads(text)
    return (pressed[0], pressed[1]) if pressed else ("", "")
