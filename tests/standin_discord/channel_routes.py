"""Routes about channels, threads, messages and reactions."""

from typing import TYPE_CHECKING, Any

from tests.standin_discord import messages, payloads, rules
from tests.standin_discord.permissions import BITS, bits, in_channel
from tests.standin_discord.refusal import Refusal, invalid, unknown
from tests.standin_discord.rest import Request, Route
from tests.standin_discord.world import DIRECT, PRIVATE_THREAD, PUBLIC_THREAD, TEXT, THREADS, Channel, Message, Payload

if TYPE_CHECKING:
    from tests.standin_discord.server import Discord


def channel_of(server: "Discord", asked: Request, *needs: str) -> Channel:
    """The channel of a request. Raises Refusal where it is not there, or the bot may not do this in it."""
    found = server.channels.get(asked.names["channel_id"])
    if found is None:
        raise unknown("Channel")
    may = in_channel(found, server.me)
    if not may & BITS["VIEW_CHANNEL"]:
        raise Refusal(403, 50001, "Missing Access")
    if bits(*needs) & ~may:
        raise Refusal(403, 50013, "Missing Permissions")
    return found


def message_of(server: "Discord", asked: Request, *needs: str) -> Message:
    """The message of a request."""
    found = channel_of(server, asked, *needs).by_id.get(asked.names["message_id"])
    if found is None:
        raise unknown("Message")
    return found


def one_channel(server: "Discord", asked: Request) -> Payload:
    return payloads.channel(channel_of(server, asked))


def history(server: "Discord", asked: Request) -> list[Payload]:
    """Messages, newest first. Without READ_MESSAGE_HISTORY there are none, which is no error (docs)."""
    channel = channel_of(server, asked)
    if not in_channel(channel, server.me) & BITS["READ_MESSAGE_HISTORY"]:
        return []
    most = int(asked.query.get("limit", 50))
    if not 1 <= most <= 100:
        raise invalid("limit: int value should be between 1 and 100")
    return [messages.seen(server, message) for message in reversed(_range(channel.messages, asked.query, most))]


def _range(messages: list[Message], query: Any, most: int) -> list[Message]:
    if after := query.get("after"):
        return [message for message in messages if message.order() > int(after)][:most]
    if before := query.get("before"):
        return [message for message in messages if message.order() < int(before)][-most:]
    if around := query.get("around"):
        earlier = [message for message in messages if message.order() < int(around)][-(most // 2) :]
        later = [message for message in messages if message.order() >= int(around)]
        return earlier + later[: most - len(earlier)]
    return messages[-most:]


def one_message(server: "Discord", asked: Request) -> Payload:
    return messages.seen(server, message_of(server, asked, "READ_MESSAGE_HISTORY"))


def create(server: "Discord", asked: Request) -> Payload:
    channel, body = channel_of(server, asked), asked.body or {}
    _may_send(server, channel, bool(asked.files))
    if channel.recipient and (channel.recipient.closed or channel.recipient.bot):
        raise Refusal(403, 50007, "Cannot send messages to this user")
    rules.message(body, files=len(asked.files))
    nonce = None if body.get("nonce") is None else str(body["nonce"])
    if (
        nonce is not None
        and body.get("enforce_nonce")
        and (earlier := messages.with_nonce(server, channel, server.me, nonce))
    ):
        return payloads.message(earlier, resolved=messages.referenced(server, earlier))
    body = _reference(server, channel, body)
    sent = messages.posted(server, channel, body, asked.files)
    return payloads.message(sent, resolved=messages.referenced(server, sent))


def _may_send(server: "Discord", channel: Channel, files: bool) -> None:
    may = in_channel(channel, server.me)
    needed = "SEND_MESSAGES_IN_THREADS" if channel.kind in THREADS else "SEND_MESSAGES"
    if not may & BITS[needed] or (files and not may & BITS["ATTACH_FILES"]):
        raise Refusal(403, 50013, "Missing Permissions")


def _reference(server: "Discord", channel: Channel, body: Payload) -> Payload:
    given = body.get("message_reference")
    if not given:
        return body
    if channel.guild and not in_channel(channel, server.me) & BITS["READ_MESSAGE_HISTORY"]:
        raise Refusal(400, 160002, "Cannot reply without permission to read message history")
    if str(given.get("message_id")) in channel.by_id:
        return body
    if given.get("fail_if_not_exists", True):
        # Whether it was deleted a moment ago is not the client's fault: it is refused, and fails no test.
        raise Refusal(400, 50035, "Invalid Form Body", detail="message_reference: Unknown message")
    return {**body, "message_reference": None}


def edit(server: "Discord", asked: Request) -> Payload:
    message, body = message_of(server, asked), asked.body or {}
    if message.author is not server.me:
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    rules.message(body, files=len(asked.files), flags=message.flags)
    messages.edited(server, message, body, asked.files)
    return payloads.message(message, resolved=messages.referenced(server, message))


def delete(server: "Discord", asked: Request) -> None:
    message = message_of(server, asked)
    if message.author is not server.me:
        if message.channel.kind == DIRECT:
            raise Refusal(403, 50003, "Cannot execute action on a DM channel")
        channel_of(server, asked, "MANAGE_MESSAGES")
    messages.removed(server, message)


def _emoji(asked: Request) -> str:
    found = asked.names["emoji_name"]
    if found.isascii() and not payloads.CUSTOM.fullmatch(found):
        raise unknown("Emoji")
    return found


def react(server: "Discord", asked: Request) -> None:
    message, emoji = message_of(server, asked, "READ_MESSAGE_HISTORY"), _emoji(asked)
    if not message.reactions.get(emoji):
        channel_of(server, asked, "ADD_REACTIONS")
    if emoji not in message.reactions and len(message.reactions) >= 20:
        raise Refusal(400, 30010, "Maximum number of reactions reached (20)")
    messages.reacted(server, message, server.me, emoji)


def unreact(server: "Discord", asked: Request) -> None:
    messages.unreacted(server, message_of(server, asked), server.me, _emoji(asked))


def reactors(server: "Discord", asked: Request) -> list[Payload]:
    message, after = message_of(server, asked, "READ_MESSAGE_HISTORY"), int(asked.query.get("after", 0))
    found = sorted(message.reactions.get(_emoji(asked), ()), key=int)
    found = [id for id in found if int(id) > after][: int(asked.query.get("limit", 25))]
    return [payloads.user(server.accounts[id]) for id in found]


def typing(server: "Discord", asked: Request) -> None:
    channel = channel_of(server, asked)
    _may_send(server, channel, files=False)
    server.typing.append(channel.id)


def thread(server: "Discord", asked: Request) -> Payload:
    parent, body = channel_of(server, asked), asked.body
    kind = body.get("type") or PRIVATE_THREAD
    if parent.kind != TEXT:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    channel_of(server, asked, "CREATE_PUBLIC_THREADS" if kind == PUBLIC_THREAD else "CREATE_PRIVATE_THREADS")
    return payloads.channel(server.opened_thread(parent, body["name"], server.me, kind=kind))


def thread_on(server: "Discord", asked: Request) -> Payload:
    message = message_of(server, asked, "CREATE_PUBLIC_THREADS")
    if message.channel.kind != TEXT:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    if message.thread:
        raise Refusal(400, 160004, "A thread has already been created for this message")
    return payloads.channel(server.opened_thread(message.channel, asked.body["name"], server.me, on=message))


def join(server: "Discord", asked: Request) -> None:
    channel = channel_of(server, asked)
    if channel.kind not in THREADS:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    channel.members.add(asked.names.get("user_id", server.me.id))


MESSAGES = "/channels/{channel_id}/messages"
ONE = f"{MESSAGES}/{{message_id}}"
REACTION = f"{ONE}/reactions/{{emoji_name}}"
ROUTES = [
    Route("GET", "/channels/{channel_id}", one_channel),
    Route("GET", MESSAGES, history),
    Route("POST", MESSAGES, create),
    Route("GET", ONE, one_message),
    Route("PATCH", ONE, edit),
    Route("DELETE", ONE, delete),
    Route("PUT", f"{REACTION}/@me", react),
    Route("DELETE", f"{REACTION}/@me", unreact),
    Route("GET", REACTION, reactors),
    Route("POST", "/channels/{channel_id}/typing", typing),
    Route("POST", "/channels/{channel_id}/threads", thread, status=201),
    Route("POST", f"{ONE}/threads", thread_on, status=201),
    Route("PUT", "/channels/{channel_id}/thread-members/@me", join),
    Route("PUT", "/channels/{channel_id}/thread-members/{user_id}", join),
]
