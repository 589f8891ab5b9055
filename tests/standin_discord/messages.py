"""Messages: how they appear, change and go, and what the bot is told of that."""

import mimetypes
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tests.standin_discord import payloads
from tests.standin_discord.codec import dumps
from tests.standin_discord.gateway import MESSAGE_CONTENT
from tests.standin_discord.mentions import USER, pings
from tests.standin_discord.permissions import BITS, in_channel
from tests.standin_discord.rest import Upload
from tests.standin_discord.world import (
    DEFAULT,
    EPHEMERAL,
    NEW_STYLE,
    REPLY,
    SILENT,
    SUPPRESS_EMBEDS,
    Account,
    Channel,
    Message,
    Payload,
)

if TYPE_CHECKING:
    from tests.standin_discord.interactions import Interaction
    from tests.standin_discord.server import Discord

NONCE_LIFE = 300.0
"""Seconds for which Discord knows a nonce again ("a few minutes", says the documentation)."""

KEPT_FLAGS = SUPPRESS_EMBEDS | SILENT | NEW_STYLE


def attachment(
    server: "Discord", name: str, data: bytes, kind: str | None = None, *, note: str | None = None
) -> Payload:
    """Keeps a file, and gives its JSON; it is served at its url."""
    id = server.ids.next()
    path = f"/attachments/{id}/{name}"
    server.files[path] = (data, kind or mimetypes.guess_type(name)[0] or "application/octet-stream")
    url = f"{server.base}{path}"
    made: Payload = {"id": id, "filename": name, "size": len(data), "url": url, "proxy_url": url}
    made |= {"content_type": server.files[path][1], "flags": 0}
    return {**made, "description": note} if note else made


def uploaded(server: "Discord", body: Payload, files: Sequence[Upload]) -> list[Payload]:
    """The files of a request, with what its `attachments` say of them."""
    told = {str(one.get("id")): one for one in body.get("attachments") or ()}
    found = []
    for file in files:
        one = told.get(str(file.number), {})
        kind = None if file.kind == "application/octet-stream" else file.kind
        found.append(attachment(server, one.get("filename") or file.name, file.data, kind, note=one.get("description")))
    return found


def written(
    server: "Discord",
    channel: Channel,
    author: Account,
    body: Payload,
    attachments: list[Payload],
    *,
    kind: int = DEFAULT,
    at: datetime | None = None,
    resolved: bool = True,
    replied: Message | None = None,
    told: bool = True,
    answers: "Interaction | None" = None,
) -> Message:
    """A message appears, and whoever may hear of it is told."""
    content, flags = body.get("content") or "", body.get("flags") or 0
    mass = channel.guild is not None and bool(in_channel(channel, author) & BITS["MENTION_EVERYONE"])
    parsed = pings(content, body.get("allowed_mentions"), replied.author.id if replied else None, mass)
    message = Message(
        server.ids.past(at) if at else server.ids.next(),
        channel,
        author,
        content,
        at or server.clock.moment(),
        kind,
        payloads.numbered(body.get("components") or ()),
        [{"type": "rich", **embed} for embed in body.get("embeds") or ()],
        attachments,
        flags,
        None if body.get("nonce") is None else str(body["nonce"]),
        replied.id if replied else None,
        replied.channel.id if replied else None,
        [content],
        mentions=_mentioned(server, content, replied if parsed.users else None, parsed.users),
        mentions_parsed=parsed,
    )
    if answers:
        message.metadata, message.viewer = answers.metadata(), answers.account.id
    if not flags & EPHEMERAL:
        channel.add(message)
        if told:
            tell(server, "MESSAGE_CREATE", message, resolved=resolved)
    server.changed()
    return message


def _mentioned(server: "Discord", content: str, replied: Message | None, alerted: frozenset[str]) -> list[Account]:
    if "<@" not in content and replied is None:
        return []
    ids = dict.fromkeys(USER.findall(content))
    if replied and replied.author.id in alerted:
        ids[replied.author.id] = None
    return [server.accounts[id] for id in ids if id in server.accounts and id in alerted]


def posted(server: "Discord", channel: Channel, body: Payload, files: Sequence[Upload]) -> Message:
    """The bot posts a message."""
    replied = channel.by_id.get(str((body.get("message_reference") or {}).get("message_id")))
    kind = REPLY if replied else DEFAULT
    kept = body | {"flags": (body.get("flags") or 0) & KEPT_FLAGS}
    made = written(server, channel, server.me, kept, uploaded(server, body, files), kind=kind, replied=replied)
    if made.nonce is not None:
        channel.nonces[(server.me.id, made.nonce)] = made
    return made


def with_nonce(server: "Discord", channel: Channel, author: Account, nonce: str) -> Message | None:
    """The message that somebody has sent here with a nonce in the last minutes."""
    found = channel.nonces.get((author.id, nonce))
    return found if found and (server.clock.moment() - found.at).total_seconds() < NONCE_LIFE else None


def edited(server: "Discord", message: Message, body: Payload, files: Sequence[Upload]) -> None:
    """A message is changed: only in what the body names."""
    if "content" in body:
        message.content = body["content"] or ""
        message.edits.append(message.content)
    if "components" in body:
        message.components = payloads.numbered(body["components"] or ())
    if "embeds" in body:
        message.embeds = [{"type": "rich", **embed} for embed in body["embeds"] or ()]
    if "flags" in body:
        settable = SUPPRESS_EMBEDS | NEW_STYLE
        message.flags = (message.flags & ~SUPPRESS_EMBEDS) | ((body["flags"] or 0) & settable)
    if body.get("attachments") is not None:
        kept = {str(one.get("id")) for one in body["attachments"]}
        message.attachments = [one for one in message.attachments if one["id"] in kept]
    message.attachments = [*message.attachments, *uploaded(server, body, files)]
    mass = message.channel.guild is not None
    parsed = pings(message.content, body.get("allowed_mentions"), None, mass)
    message.mentions_parsed |= parsed
    message.mentions = _mentioned(server, message.content, None, parsed.users) or message.mentions
    message.edited = server.clock.moment()
    if not message.ephemeral and not message.deleted:
        tell(server, "MESSAGE_UPDATE", message)
    server.changed()


def removed(server: "Discord", message: Message) -> None:
    """A message is deleted."""
    message.channel.drop(message)
    if not message.ephemeral:
        payload = {"id": message.id, "channel_id": message.channel.id, **payloads.guild_id(message.channel)}
        server.dispatch("MESSAGE_DELETE", payload, message.channel.guild)
    server.changed()


def reacted(server: "Discord", message: Message, account: Account, emoji: str) -> None:
    """An emoji is put on a message; the event tells who wrote that, and who the member is."""
    users = message.reactions.setdefault(emoji, set())
    if account.id in users:
        return
    users.add(account.id)
    guild = message.channel.guild
    more: Payload = {"message_author_id": message.author.id}
    if guild and account.id in guild.members:
        more["member"] = payloads.member(guild.members[account.id])
    _reaction(server, "MESSAGE_REACTION_ADD", message, account, emoji, more)


def unreacted(server: "Discord", message: Message, account: Account, emoji: str) -> None:
    """An emoji is taken off; the event tells no member."""
    users = message.reactions.get(emoji, set())
    if account.id in users:
        users.discard(account.id)
        if not users:
            del message.reactions[emoji]
        _reaction(server, "MESSAGE_REACTION_REMOVE", message, account, emoji, {})


def _reaction(server: "Discord", event: str, message: Message, account: Account, emoji: str, more: Payload) -> None:
    payload = {
        "user_id": account.id,
        "type": 0,
        "message_id": message.id,
        "emoji": payloads.emoji(emoji),
        "channel_id": message.channel.id,
        "burst": False,
        **payloads.guild_id(message.channel),
        **more,
    }
    server.dispatch(event, payload, message.channel.guild)


def referenced(server: "Discord", message: Message) -> Message | None:
    """What a message replies to, if it is still there."""
    return message.channel.by_id.get(message.reference) if message.reference else None


def readable(server: "Discord", message: Message, content_intent: bool) -> bool:
    """Whether the bot is given a message's content (docs, "Message Content Intent")."""
    return (
        content_intent or message.channel.guild is None or message.author is server.me or server.me in message.mentions
    )


def seen(server: "Discord", message: Message) -> Payload:
    """A message as REST shows it to the bot."""
    open_to_us = readable(server, message, "MESSAGE_CONTENT" in server.intents)
    return payloads.message(message, readable=open_to_us, resolved=referenced(server, message))


def tell(server: "Discord", name: str, message: Message, *, resolved: bool = True) -> None:
    """Tell of a message; with its content only who may have that."""
    channel, guild = message.channel, message.channel.guild
    told: dict[bool, bytes] = {}
    if channel.guild and not in_channel(channel, server.me) & BITS["VIEW_CHANNEL"]:
        return
    for session in server.sessions.sessions.values():
        if not (session.hears(guild) and session.wants(name, guild is None)):
            continue
        with_content = readable(server, message, bool(session.intents & MESSAGE_CONTENT))
        if with_content not in told:
            told[with_content] = dumps(event(server, message, with_content, resolved))
        session.dispatch(name, told[with_content])


def event(server: "Discord", message: Message, with_content: bool = True, resolved: bool = True) -> Payload:
    """A message as its event has it: with the guild and the member, whose account stands in `author`."""
    made = payloads.message(message, readable=with_content, resolved=referenced(server, message))
    if not resolved:
        made.pop("referenced_message", None)
    guild = message.channel.guild
    if guild:
        made["guild_id"] = guild.id
        if message.author.id in guild.members:
            made["member"] = payloads.member(guild.members[message.author.id], with_user=False)
    made["channel_type"] = message.channel.kind
    return made
