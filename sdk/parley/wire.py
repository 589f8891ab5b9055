"""The messages between a plugin's process and Parley: JSON-RPC 2.0, one message per line, as in MCP's stdio transport.

https://modelcontextprotocol.io/specification: initialize, ping, tools/list and tools/call are MCP's own. Things that
MCP has no method for (hooks, scheduled calls, and what a plugin uses of its context) are methods that begin with
"parley/".
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from parley.api import Due, Passage, Rating, Result, Said, Source, TaskDone

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""The versions of MCP that we can speak, the newest first."""

META = "parley"
"""The key in MCP's `_meta` that holds our own values."""

METHOD_NOT_FOUND, REFUSED = -32601, -32000
"""JSON-RPC's code for an unknown method, and ours for something a person can fix: its message is a PluginError's."""

ANSWERS: Mapping[str, TypeAdapter[Any]] = {
    "texts.search": TypeAdapter(list[Passage]),
    "schedule.due": TypeAdapter(list[Due]),
    "chat.history": TypeAdapter(list[Said]),
}
"""The types that parts of the context return, if they are more than plain JSON."""

VALUES: Mapping[str, TypeAdapter[Any]] = {"on_rating": TypeAdapter(Rating), "on_task_done": TypeAdapter(TaskDone)}
"""The types that hooks take, if they are more than a text."""

MOST_SOURCES = 50
"""Most sources of one result that are read."""

DUE: TypeAdapter[Due] = TypeAdapter(Due)


def line(message: Mapping[str, Any]) -> bytes:
    """Encode a message as it is sent."""
    text = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":"), ensure_ascii=False)
    # JSON can hold half of a surrogate pair, and UTF-8 cannot.
    return text.encode("utf-8", "replace") + b"\n"


def packed(result: Result) -> dict[str, Any]:
    """Turn a result into MCP's answer to tools/call."""
    sources = [[source.title, source.url] for source in result.sources]
    return {
        "content": [{"type": "text", "text": result.text}],
        "isError": False,
        "_meta": {META: {"sources": sources, "private": result.private}},
    }


def unpacked(answer: Mapping[str, Any]) -> Result:
    """Turn MCP's answer to tools/call into a result. Raises ValueError if it is not such an answer."""
    try:
        text = "\n".join(str(part["text"]) for part in answer["content"] if part.get("type") == "text")
        more = answer.get("_meta", {}).get(META, {})
        sources = tuple(Source(str(title), str(url)) for title, url in list(more.get("sources", ()))[:MOST_SOURCES])
        return Result(text, sources, bool(more.get("private")))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"this is not an answer to tools/call: {error!r}") from None


def encoded(content: bytes) -> str:
    """Encode bytes as text that JSON can hold."""
    return base64.b64encode(content).decode("ascii")


def decoded(text: str) -> bytes:
    """Decode the text back into bytes."""
    return base64.b64decode(text)
