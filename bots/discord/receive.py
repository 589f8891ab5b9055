"""Turning what Discord sends into events. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import discord

from bots.discord.enclosed import attachments, passages
from bots.discord.words import as_read
from core.messages import (
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

PLATFORM = "discord"

INTERACTION = "discord:ix:"
"""How the key of an event begins that was an interaction; its id follows."""


def place_in(guild_id: int, channel_id: int, thread_id: int | None = None) -> Place:
    """Return the place of a channel in a server, or of a thread in it."""
    return Place(PLATFORM, str(guild_id), str(channel_id), str(thread_id or ""))


def direct_place(channel_id: int, user_id: int) -> Place:
    """Return the place of direct messages with one person, who counts as a community of their own."""
    return Place(PLATFORM, str(user_id), str(channel_id), private=True)


def own_place(channel_id: int, user_id: int) -> Place:
    """Return the place where somebody uses us in a channel that has not added us: a community of that person's own.

    Others are in that channel, so it is not private; all that we show there is for the person alone.
    """
    return Place(PLATFORM, str(user_id), str(channel_id))


def language_of(guild: discord.Guild | None) -> str:
    """Return the language of a community server, chosen on purpose by its admins; empty for other servers."""
    if guild is None or "COMMUNITY" not in guild.features:
        return ""
    return str(guild.preferred_locale.value)


def author(user: discord.abc.User, language: str = "") -> User:
    """Return a person, with the roles and permissions that they have in the server where this happened."""
    if not isinstance(user, discord.Member):
        return User(str(user.id), user.display_name, language)
    roles = frozenset(str(role.id) for role in user.roles if not role.is_default())
    return User(str(user.id), user.display_name, language, user.guild_permissions.manage_guild, roles)


def message(
    sent: discord.Message,
    place: Place,
    me: int,
    *,
    fresh: bool,
    quoted: Sequence[Quote] = (),
    around: Sequence[Passage] = (),
    files: Sequence[Attachment] = (),
    hidden: bool = False,
    language: str = "",
) -> Message:
    """Return the event for a message that somebody wrote to us.

    `around` and `files` are what it was said about; `hidden` says that Discord keeps its content from us.
    """
    reply_to = sent.reference.message_id if sent.reference and sent.type is discord.MessageType.reply else None
    return Message(
        key=f"discord:msg:{sent.id}",
        place=place,
        user=author(sent.author, language),
        at=sent.created_at,
        id=str(sent.id),
        text=readable(sent, me),
        reply_to=str(reply_to) if reply_to else None,
        fresh=fresh,
        quoted=tuple(quoted),
        passages=(*around, *passages(sent)),
        attachments=(*attachments(sent), *files),
        hidden=hidden,
        source="direct" if place.private else "gateway",
    )


def quote(sent: discord.Message, me: int) -> Quote:
    """Return a quote of a message that somebody replies to."""
    above = sent.reference.message_id if sent.reference else None
    replied = above if sent.type is discord.MessageType.reply else None
    return Quote(
        str(sent.id),
        author(sent.author),
        readable(sent, me),
        str(replied) if replied else None,
        passages=passages(sent),
        attachments=attachments(sent),
    )


def says_something(sent: discord.Message) -> bool:
    """Return whether anything can be seen in a message."""
    return bool(sent.content or passages(sent) or attachments(sent))


def edit(sent: discord.Message, place: Place, me: int, language: str = "", question: Message | None = None) -> Edit:
    """Return the event for a message's new text. Each change to a message is an event of its own.

    `question` is the message if it names us.
    """
    at = sent.edited_at or datetime.now(UTC)
    return Edit(
        key=f"discord:edit:{sent.id}:{at.timestamp():.3f}",
        place=place,
        user=author(sent.author, language),
        at=at,
        id=str(sent.id),
        text=readable(sent, me),
        offer=True,
        question=question,
        source="direct" if place.private else "gateway",
    )


def deletion(message_id: int, place: Place) -> Deletion:
    """Return the event for a deleted message. Discord does not say who deleted it."""
    now = datetime.now(UTC)
    return Deletion(key=f"discord:del:{message_id}", place=place, user=User("", ""), at=now, id=str(message_id))


def reaction(message_id: int, emoji: str, user: User, place: Place, *, added: bool) -> Reaction:
    """Return the event for a reaction.

    Discord gives reactions no id. What counts is the state after it, so each delivery is an event of its own.
    """
    return Reaction(
        key=f"discord:react:{message_id}:{user.id}:{uuid4().hex}",
        place=place,
        user=user,
        at=datetime.now(UTC),
        id=str(message_id),
        emoji=emoji,
        added=added,
    )


def readable(sent: discord.Message, me: int) -> str:
    """Return the text as a person reads it: names in place of ids, and without the mention that called us."""
    text = sent.content
    own = rf"<@!?{me}>"
    text = re.sub(rf"^\s*(?:{own}[\s,:]*)+|\s*{own}\s*$", "", text)
    names = {f"<@{user.id}>": f"@{user.display_name}" for user in sent.mentions}
    names |= {f"<@!{user.id}>": f"@{user.display_name}" for user in sent.mentions}
    names |= {f"<@&{role.id}>": f"@{role.name}" for role in sent.role_mentions}
    names |= {f"<#{channel.id}>": f"#{channel.name}" for channel in sent.channel_mentions if hasattr(channel, "name")}
    for mark, name in names.items():
        text = text.replace(mark, name)
    return as_read(text)


def interaction(
    given: discord.Interaction, place: Place, labels: Mapping[str, str]
) -> Invocation | Press | Submission | None:
    """Return the event for a command, a component or a modal; None for any other interaction."""
    match given.type:
        case discord.InteractionType.application_command:
            return invocation(given, place, labels)
        case discord.InteractionType.component:
            return press(given, place)
        case discord.InteractionType.modal_submit:
            return submission(given, place)
    return None


def invocation(given: discord.Interaction, place: Place, labels: Mapping[str, str]) -> Invocation:
    """Return the event for a slash command or a message-menu command; `labels` maps menu labels to commands."""
    data: dict[str, Any] = dict(given.data or {})
    target = data.get("target_id")
    name = labels.get(data["name"], data["name"]) if target else data["name"]
    arguments = {option["name"]: str(option.get("value", "")) for option in data.get("options", ())}
    message = str(target) if target else None
    return Invocation(**_from(given, place), command=name, arguments=arguments, message=message, quoted=called_on(data))


def called_on(data: Mapping[str, Any]) -> Quote | None:
    """Return the message that a command was called on, which Discord sends along."""
    found = data.get("resolved", {}).get("messages", {}).get(str(data.get("target_id")))
    if not found or not found.get("content"):
        return None
    sender = found.get("author", {})
    user = User(str(sender.get("id", "")), str(sender.get("global_name") or sender.get("username") or ""))
    return Quote(str(found["id"]), user, as_read(found["content"]), outside=True)


def press(given: discord.Interaction, place: Place) -> Press:
    """Return the event for a button or a select."""
    data: dict[str, Any] = dict(given.data or {})
    return Press(
        **_from(given, place),
        action=data["custom_id"],
        id=_shown(given),
        values=tuple(data.get("values", ())),
    )


def submission(given: discord.Interaction, place: Place) -> Submission:
    """Return the event for a submitted modal."""
    data: dict[str, Any] = dict(given.data or {})
    values = dict(_values(data.get("components", ())))
    filled = {name: value for name, value in values.items() if value}
    return Submission(**_from(given, place), form=data["custom_id"], id=_shown(given), values=filled)


def _values(components: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the fields of a modal, however deeply they are wrapped in labels and rows."""
    found: list[tuple[str, str]] = []
    for component in components:
        if "custom_id" in component:
            value = component.get("value")
            chosen = component.get("values") or ([] if value is None else [str(value)])
            found.append((component["custom_id"], ",".join(chosen)))
        inner = component.get("components") or ([component["component"]] if "component" in component else [])
        found += _values(inner)
    return found


def _shown(given: discord.Interaction) -> str | None:
    """Return the message whose component was used; a modal opened from a message still carries that message."""
    return str(given.message.id) if given.message else None


def _from(given: discord.Interaction, place: Place) -> dict[str, Any]:
    user = author(given.user, str(given.locale.value))
    admin = given.guild_id is not None and given.permissions.manage_guild
    return {
        "key": f"{INTERACTION}{given.id}",
        "place": place,
        "user": replace(user, admin=admin),
        "at": given.created_at,
        "ticket": given.token,
    }
