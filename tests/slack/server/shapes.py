"""The judges: Slack's real replies and events by their keys and types, and the block validators of Slack's own library.

The shapes are the samples of slackapi/java-slack-sdk (MIT): every key that Slack was seen to send, with a value of its
type.
"""

import inspect
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from tests.shared.platform_server import published_description

EVENT_FILES = {
    ("app_mention", ""): "AppMention",
    ("reaction_added", ""): "ReactionAdded",
    ("reaction_removed", ""): "ReactionRemoved",
    ("message", ""): "Message",
    ("message", "file_share"): "MessageFileShare",
    ("message", "message_changed"): "MessageChanged",
    ("message", "message_deleted"): "MessageDeleted",
    ("app_uninstalled", ""): "AppUninstalled",
    ("tokens_revoked", ""): "TokensRevoked",
}
LATER = frozenset(
    {"channel_type", "metadata", "assistant_app_thread", "reply_users", "edited", "hidden", "bot_profile", "subtype"}
)
"""Keys that Slack documents and the samples lack."""

OF_SHARED = frozenset({"is_share", "files"})
"""Those of a forwarded message, among the attachments of the one that forwards it."""

MOST_BLOCKS, MOST_CHARACTERS = 50, 13_200
TOP_LEVEL = frozenset(
    {"markdown", "section", "actions", "context", "context_actions", "divider", "header", "rich_text"}
)
IN_MODALS = frozenset({"input", "section", "actions", "context", "divider", "header", "image", "rich_text"})
"""The blocks that a modal accepts: a markdown block is for messages alone."""

METADATA = 3000
IN_ACTIONS = frozenset({"button", "static_select", "overflow", "datepicker", "checkboxes", "radio_buttons"})
"""The elements of an actions block: no multi-select."""


def wrong_reply(method: str, reply: Mapping[str, Any]) -> str:
    """The fault in a reply of this server, empty if there is none or no sample."""
    sample = _sample("api", method)
    return next(_wrong(sample, reply, method), "") if sample else ""


def wrong_event(body: Mapping[str, Any]) -> str:
    """The fault in an event of this server, empty if there is none or no sample."""
    event = body["event"]
    name = EVENT_FILES.get((event["type"], event.get("subtype", "")))
    sample = _sample("events", name) if name else None
    return next(_wrong(sample, body, event["type"]), "") if sample else ""


@cache
def _sample(kind: str, name: str) -> Any:
    return published_description(f"slack/{kind}/{name}.json")


def _wrong(sample: Any, thing: Any, where: str) -> Iterator[str]:
    if isinstance(sample, dict) and isinstance(thing, dict):
        for key, value in thing.items():
            if key in ("blocks", *LATER) or (where.removesuffix("[]").endswith("attachments") and key in OF_SHARED):
                continue
            if key in sample:
                yield from _wrong(sample[key], value, f"{where}.{key}")
            elif sample:
                yield f"{where} has no {key}"
    elif isinstance(sample, list) and isinstance(thing, list):
        for part in thing:
            if sample and all(any(_wrong(one, part, where)) for one in sample):
                yield next(_wrong(sample[0], part, f"{where}[]"))
    elif thing is not None and not isinstance(thing, (int, float) if isinstance(sample, int | float) else type(sample)):
        yield f"{where}: {thing!r} is no {type(sample).__name__}"


def unknown_arguments(method: str, given: Mapping[str, Any]) -> list[str]:
    """The arguments that the method does not have, by the signature of Slack's own client."""
    known = _known_arguments(method)
    return sorted(name for name in given if name not in known) if known else []


@cache
def _known_arguments(method: str) -> frozenset[str]:
    function = getattr(AsyncWebClient, method.replace(".", "_"), None)
    if function is None:
        return frozenset()
    return frozenset({*inspect.signature(function).parameters, "token", "app_token", "users"})


def wrong_blocks(blocks: Sequence[Mapping[str, Any]]) -> str:
    """Why Slack would refuse these blocks, empty if it would not."""
    if len(blocks) > MOST_BLOCKS:
        return "invalid_blocks: too many"
    if sum(len(str(text)) for block in blocks for text in _texts(block)) > MOST_CHARACTERS:
        return "msg_blocks_too_long"
    for block in blocks:
        if block.get("type") not in TOP_LEVEL:
            return f"invalid_blocks: {block.get('type')}"
        if fault := _wrong_block(block):
            return f"invalid_blocks: {fault}"
    return ""


def _wrong_block(block: Mapping[str, Any]) -> str:
    if block["type"] == "markdown" and not block["text"]:
        return "a markdown block without text"
    if block["type"] == "actions":
        stray = [element["type"] for element in block["elements"] if element["type"] not in IN_ACTIONS]
        ids = [element["action_id"] for element in block["elements"]]
        if stray or len(ids) != len(set(ids)):
            return f"actions: {stray or ids}"
    return _formed(Block.parse, block)


def wrong_view(view: Mapping[str, Any]) -> str:
    """Why Slack would refuse this modal, empty if it would not."""
    ids = [block["block_id"] for block in view.get("blocks", ()) if "block_id" in block]
    stray = [block["type"] for block in view.get("blocks", ()) if block["type"] not in IN_MODALS]
    if stray:
        return f"invalid_arguments: unsupported type {stray}"
    if len(view.get("private_metadata", "")) > METADATA:
        return "invalid_arguments: private_metadata"
    if len(ids) != len(set(ids)):
        return "invalid_arguments: block_id twice"
    if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
        return "invalid_arguments: a form without submit"
    return _formed(lambda given: View(**given), view)


def wrong_home(view: Mapping[str, Any]) -> str:
    """Why Slack would refuse this home page, empty if it would not."""
    stray = [block["type"] for block in view["blocks"] if block["type"] not in IN_MODALS]
    if view.get("type") != "home" or stray:
        return f"invalid_arguments: {view.get('type')} {stray}"
    faults = (_wrong_block(block) for block in view["blocks"])
    return next(filter(None, faults), "") or _formed(lambda given: View(**given), view)


def _formed(make: Any, thing: Mapping[str, Any]) -> str:
    """The errors that Slack's library finds in an object and everything in it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made = make(dict(thing))
            if made is None:
                return f"{thing.get('type')} cannot be read"
            made.to_dict()
    except (SlackObjectFormationError, TypeError, UserWarning) as error:
        return str(error)
    return ""


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        for key, value in thing.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(thing, list):
        for part in thing:
            yield from _texts(part)
