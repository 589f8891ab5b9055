"""The Web API: each method as Slack documents it, with its errors."""

import json
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from tests.slack.server import shapes
from tests.slack.server.world import TOMBSTONE, Account, Channel, Message, Payload, Team, View, find

if TYPE_CHECKING:
    from tests.slack.server.server import Slack

TEXT = 40_000
MARKDOWN = 12_000
TRIGGER_LASTS = 3.0


class Refused(Exception):
    """A request that Slack answers with an error."""


Method = Callable[["Web", Team, Payload], Payload]
METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Make a function a method of the Web API."""

    def named(function: Method) -> Method:
        METHODS[name] = function
        return function

    return named


class Web:
    """Answers calls for a server."""

    def __init__(self, world: "Slack") -> None:
        self.world = world

    def answer(self, name: str, team: Team, given: Payload) -> Payload:
        """The reply to a call."""
        if self.world.judged and (stray := shapes.unknown_arguments(name, given)):
            self.world.refused.append(f"{name}: there is no {', '.join(stray)}")
        if name not in METHODS:
            return self._refusal(name, "unknown_method", given)
        if name in SCOPES and SCOPES[name] not in team.scopes:
            return self._refusal(name, f"missing_scope: {SCOPES[name]}", given)
        try:
            reply = {"ok": True, **METHODS[name](self, team, given)}
        except Refused as error:
            return self._refusal(name, str(error), given)
        if self.world.judged and (wrong := shapes.wrong_reply(name, reply)):
            self.world.refused.append(f"our own reply is wrong: {wrong}")
        return reply

    def _refusal(self, name: str, error: str, given: Mapping[str, Any]) -> Payload:
        code = error.partition(":")[0]
        if code not in self.world.forgiven:
            self.world.refused.append(f"{name}: {error} {json.dumps(given)[:300]}")
        return {"ok": False, "error": code}

    def channel(self, team: Team, id: str) -> Channel:
        """A channel that the bot may write to."""
        channel = self.world.channels.get(id)
        if channel is None or channel.team != team.id:
            raise Refused("channel_not_found")
        if not channel.joined:
            raise Refused("not_in_channel")
        return channel

    def ours(self, team: Team, given: Payload, error: str) -> Message:
        """A message of the bot."""
        message = find(self.channel(team, given["channel"]).messages, given["ts"])
        if message is None:
            raise Refused("message_not_found")
        if message.author.id != team.bot.id:
            raise Refused(error)
        return message


def checked_content(web: Web, given: Payload) -> tuple[str, list[Payload]]:
    """The text and the blocks of a message."""
    text, blocks = str(given.get("text", "")), list(given.get("blocks") or ())
    if not text and not blocks:
        raise Refused("no_text")
    if len(text) > TEXT:
        raise Refused("msg_too_long")
    if any(len(block["text"]) > MARKDOWN for block in blocks if block.get("type") == "markdown"):
        raise Refused("msg_too_long")
    if web.world.judged and (fault := shapes.wrong_blocks(blocks)):
        raise Refused(fault)
    if web.world.misread and any(block.get("type") == "markdown" for block in blocks):
        web.world.misread -= 1
        raise Refused("invalid_blocks")
    if rings := [
        mark for mark in ("<!channel", "<!here", "<!everyone", "<!subteam") if mark in json.dumps([text, blocks])
    ]:
        raise Refused(f"rings: {rings}")
    if any(given.get(name) for name in ("link_names", "parse")):
        raise Refused("parses")
    return text, blocks


@method("auth.test")
def auth_test(web: Web, team: Team, given: Payload) -> Payload:
    return {
        "url": f"https://{team.name.lower()}.slack.com/",
        "team": team.name,
        "user": team.bot.name.lower(),
        "team_id": team.id,
        "user_id": team.bot.id,
        "bot_id": team.bot.bot,
    }


@method("users.info")
def users_info(web: Web, team: Team, given: Payload) -> Payload:
    account = web.world.accounts.get(given["user"])
    if account is None:
        raise Refused("user_not_found")
    found = account.payload()
    if str(given.get("include_locale", "")).lower() not in ("1", "true"):
        del found["locale"]
    return {"user": found}


@method("usergroups.list")
def usergroups_list(web: Web, team: Team, given: Payload) -> Payload:
    return {"usergroups": team.groups}


@method("conversations.open")
def conversations_open(web: Web, team: Team, given: Payload) -> Payload:
    user = given["users"] if isinstance(given["users"], str) else given["users"][0]
    return {"channel": {"id": web.world.direct(web.world.accounts[user]).id}}


@method("users.conversations")
def users_conversations(web: Web, team: Team, given: Payload) -> Payload:
    joined = [channel for channel in web.world.channels.values() if channel.team == team.id and channel.joined]
    return {"channels": [{"id": channel.id, "name": channel.name, "is_im": channel.kind == "im"} for channel in joined]}


@method("conversations.info")
def conversations_info(web: Web, team: Team, given: Payload) -> Payload:
    channel = web.world.channels.get(given["channel"])
    if channel is None or channel.team != team.id:
        raise Refused("channel_not_found")
    im = channel.kind == "im"
    return {"channel": {"id": channel.id, "name": channel.name, "is_im": im, "is_member": channel.joined}}


@method("conversations.history")
def conversations_history(web: Web, team: Team, given: Payload) -> Payload:
    channel = web.channel(team, given["channel"])
    found = [message for message in channel.messages if not message.thread or message.thread == message.ts]
    return {"messages": [_kept(channel, message) for message in reversed(_between(found, given))], "has_more": False}


@method("conversations.replies")
def conversations_replies(web: Web, team: Team, given: Payload) -> Payload:
    channel = web.channel(team, given["channel"])
    if find(channel.messages, given["ts"]) is None:
        raise Refused("thread_not_found")
    root, *rest = channel.in_thread(given["ts"])
    return {"messages": [_kept(channel, message) for message in [root, *_between(rest, given)]], "has_more": False}


def _between(messages: list[Message], given: Payload) -> list[Message]:
    oldest, latest = float(given.get("oldest") or 0), float(given.get("latest") or "inf")
    found = [message for message in messages if oldest < float(message.ts) < latest]
    return found[: int(given.get("limit") or 100)]


def _kept(channel: Channel, message: Message) -> Payload:
    # What was read again has no subtype, unlike the event. A tombstone keeps its own.
    found = {key: value for key, value in message.payload().items() if key != "subtype" or value == TOMBSTONE}
    if replies := channel.replies_to(message):
        found |= {"reply_count": len(replies), "latest_reply": replies[-1].ts, "thread_ts": message.ts}
    return found


@method("chat.postMessage")
def chat_post_message(web: Web, team: Team, given: Payload) -> Payload:
    text, blocks = checked_content(web, given)
    channel = web.channel(team, given["channel"])
    thread = given.get("thread_ts", "")
    if thread and find(channel.messages, thread) is None and thread not in channel.prompts:
        raise Refused("thread_not_found")
    sent = web.world.written(channel, team.bot, text, thread=thread, blocks=blocks, metadata=given.get("metadata"))
    sent.unfurls = given.get("unfurl_links") is not False or given.get("unfurl_media") is not False
    channel.status.pop(thread, None)
    return {"channel": channel.id, "ts": sent.ts, "message": _shown(sent)}


@method("chat.update")
def chat_update(web: Web, team: Team, given: Payload) -> Payload:
    message = web.ours(team, given, "cant_update_message")
    if message.streaming:
        raise Refused("streaming_state_conflict")
    text, blocks = checked_content(web, given)
    before = message.payload()
    message.edits.append(message.shown)
    message.text, message.blocks, message.streamed = text, blocks, ""
    web.world.changed(message, before)
    return {
        "channel": message.channel.id,
        "ts": message.ts,
        "text": text,
        "message": {"type": "message", "user": team.bot.id, "text": text},
    }


@method("chat.delete")
def chat_delete(web: Web, team: Team, given: Payload) -> Payload:
    message = web.ours(team, given, "cant_delete_message")
    message.channel.messages.remove(message)
    web.world.note()
    return {"channel": message.channel.id, "ts": message.ts}


@method("chat.postEphemeral")
def chat_post_ephemeral(web: Web, team: Team, given: Payload) -> Payload:
    text, blocks = checked_content(web, given)
    channel = web.channel(team, given["channel"])
    if given["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    sent = web.world.whispered(channel, given["user"], text, blocks, given.get("thread_ts", ""))
    return {"message_ts": sent.ts}


@method("chat.startStream")
def chat_start_stream(web: Web, team: Team, given: Payload) -> Payload:
    if not team.streams:
        raise Refused("unknown_method")
    channel = web.channel(team, given["channel"])
    if not given.get("thread_ts"):
        raise Refused("missing_thread_ts")
    if channel.kind != "im" and not (given.get("recipient_user_id") and given.get("recipient_team_id")):
        raise Refused("missing_recipient")
    sent = web.world.written(channel, team.bot, "", thread=given["thread_ts"])
    sent.streaming, sent.streamed = True, _chunks(given)
    channel.status.pop(given["thread_ts"], None)
    return {"channel": channel.id, "ts": sent.ts}


@method("chat.appendStream")
def chat_append_stream(web: Web, team: Team, given: Payload) -> Payload:
    message = _streaming(web, team, given)
    message.edits.append(message.streamed)
    message.streamed += _chunks(given)
    web.world.note()
    return {"channel": message.channel.id, "ts": message.ts}


@method("chat.stopStream")
def chat_stop_stream(web: Web, team: Team, given: Payload) -> Payload:
    message = _streaming(web, team, given)
    message.streamed += _chunks(given)
    blocks = list(given.get("blocks") or ())
    if fault := shapes.wrong_blocks(blocks):
        raise Refused(fault)
    message.blocks, message.streaming, message.metadata = blocks, False, given.get("metadata")
    web.world.note()
    return {}


def _streaming(web: Web, team: Team, given: Payload) -> Message:
    message = web.ours(team, given, "message_not_owned_by_app")
    if not message.streaming:
        raise Refused("message_not_in_streaming_state")
    return message


def _chunks(given: Payload) -> str:
    chunks = given.get("chunks") or ()
    if any(chunk["type"] != "markdown_text" or not chunk["text"] for chunk in chunks):
        raise Refused("invalid_chunks")
    text = "".join(chunk["text"] for chunk in chunks)
    if len(text) > MARKDOWN:
        raise Refused("msg_too_long")
    return text


def _shown(message: Message) -> Payload:
    return {"type": "message", "user": message.author.id, "text": message.text, "ts": message.ts}


@method("reactions.get")
def reactions_get(web: Web, team: Team, given: Payload) -> Payload:
    message = find(web.channel(team, given["channel"]).messages, given["timestamp"])
    if message is None:
        raise Refused("message_not_found")
    found = message.payload()
    return {"type": "message", "channel": given["channel"], "message": {**_shown(message), **_reactions(found)}}


def _reactions(found: Payload) -> Payload:
    return {"reactions": found["reactions"]} if "reactions" in found else {}


@method("views.open")
def views_open(web: Web, team: Team, given: Payload) -> Payload:
    trigger = web.world.triggers.get(given["trigger_id"])
    if trigger is None:
        raise Refused("exchanged_trigger_id")
    if monotonic() - trigger[1] > TRIGGER_LASTS:
        raise Refused("expired_trigger_id")
    view = given["view"] if isinstance(given["view"], dict) else json.loads(given["view"])
    if fault := shapes.wrong_view(view):
        raise Refused(fault)
    del web.world.triggers[given["trigger_id"]]
    opened = View(f"V{next(web.world.numbers)}", trigger[0], view)
    web.world.views.append(opened)
    web.world.note()
    return {"view": {"id": opened.id, "team_id": team.id, "type": "modal"}}


@method("views.publish")
def views_publish(web: Web, team: Team, given: Payload) -> Payload:
    view = given["view"] if isinstance(given["view"], dict) else json.loads(given["view"])
    if fault := shapes.wrong_home(view):
        raise Refused(fault)
    web.world.homes[given["user_id"]] = view
    web.world.note()
    return {"view": {"id": "V1", "team_id": team.id, "type": "home"}}


@method("assistant.threads.setStatus")
def set_status(web: Web, team: Team, given: Payload) -> Payload:
    web.channel(team, given["channel_id"]).status[given["thread_ts"]] = given["status"]
    web.world.note()
    return {}


@method("assistant.threads.setTitle")
def set_title(web: Web, team: Team, given: Payload) -> Payload:
    web.channel(team, given["channel_id"]).titles[given["thread_ts"]] = given["title"]
    web.world.note()
    return {}


@method("assistant.threads.setSuggestedPrompts")
def set_suggested_prompts(web: Web, team: Team, given: Payload) -> Payload:
    if not 1 <= len(given["prompts"]) <= 4:
        raise Refused("invalid_arguments")
    web.channel(team, given["channel_id"]).prompts[given["thread_ts"]] = given["prompts"]
    web.world.note()
    return {}


@method("files.info")
def files_info(web: Web, team: Team, given: Payload) -> Payload:
    if given["file"] not in web.world.described:
        raise Refused("file_not_found")
    return {"file": web.world.described[given["file"]]}


@method("files.getUploadURLExternal")
def get_upload_url(web: Web, team: Team, given: Payload) -> Payload:
    id = f"F{next(web.world.numbers)}"
    web.world.uploads[id] = (given["filename"], b"")
    return {"upload_url": f"{web.world.url}/upload/{id}", "file_id": id}


@method("files.completeUploadExternal")
def complete_upload(web: Web, team: Team, given: Payload) -> Payload:
    channel = web.channel(team, given["channel_id"])
    files = given["files"] if isinstance(given["files"], list) else json.loads(given["files"])
    for file in files:
        name, _ = web.world.uploads[file["id"]]
        sent = web.world.written(channel, team.bot, "", thread=given.get("thread_ts", ""))
        sent.files = [{"id": file["id"], "name": name}]
    web.world.note()
    return {"files": [{"id": file["id"], "title": file.get("title", "")} for file in files]}


@method("oauth.v2.access")
def oauth_access(web: Web, team: Team, given: Payload) -> Payload:
    team = web.world.codes.pop(given["code"], team)
    team.installed = True
    return {
        "app_id": "A00000001",
        "authed_user": {"id": web.world.installer},
        "scope": "chat:write",
        "token_type": "bot",
        "access_token": team.token,
        "bot_user_id": team.bot.id,
        "team": {"id": team.id, "name": team.name},
        "is_enterprise_install": False,
    }


SCOPES: Mapping[str, str] = {
    "assistant.threads.setStatus": "assistant:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "assistant.threads.setTitle": "assistant:write",
    "chat.appendStream": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.startStream": "chat:write",
    "chat.stopStream": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history",
    "conversations.info": "channels:read",
    "conversations.open": "im:write",
    "conversations.replies": "channels:history",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "reactions.get": "reactions:read",
    "usergroups.list": "usergroups:read",
    "users.conversations": "channels:read",
    "users.info": "users:read",
}
"""The scopes of each method, by its page in Slack's reference."""

OPEN = frozenset({"oauth.v2.access"})
"""Methods that need no token."""

Handler = Callable[..., Awaitable[Any]]
__all__ = ["METHODS", "OPEN", "Account", "Refused", "Web"]
