"""What passes between a plugin's process and Parley: JSON-RPC 2.0, a message a line, as MCP has it on its pipes.

https://modelcontextprotocol.io/specification: initialize, ping, tools/list and tools/call are MCP's own. What MCP has
no word for (hooks, scheduled calls, and what a plugin uses of its context) are methods that begin with "parley/".
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from parley.api import Due, Passage, Rating, Result, Said, Source, TaskDone

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""MCP's versions that we can speak, the newest first."""

META = "parley"
"""Where in MCP's `_meta` our own values stand."""

METHOD_NOT_FOUND, REFUSED = -32601, -32000
"""JSON-RPC's code for an unknown method, and ours for what a person can mend: its message is a PluginError's."""

ANSWERS: Mapping[str, TypeAdapter[Any]] = {
    "texts.search": TypeAdapter(list[Passage]),
    "schedule.due": TypeAdapter(list[Due]),
    "chat.history": TypeAdapter(list[Said]),
}
"""What comes back from a part of the context where it is more than JSON."""

VALUES: Mapping[str, TypeAdapter[Any]] = {"on_rating": TypeAdapter(Rating), "on_task_done": TypeAdapter(TaskDone)}
"""What a hook takes where it is more than a text."""

MOST_SOURCES = 50
"""Sources of one result that are read."""

DUE: TypeAdapter[Due] = TypeAdapter(Due)


def line(message: Mapping[str, Any]) -> bytes:
    """A message as it is sent."""
    text = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":"), ensure_ascii=False)
    # JSON can hold half of a pair of surrogates, and UTF-8 cannot.
    return text.encode("utf-8", "replace") + b"\n"


def packed(result: Result) -> dict[str, Any]:
    """A result as MCP's answer to tools/call."""
    sources = [[source.title, source.url] for source in result.sources]
    return {
        "content": [{"type": "text", "text": result.text}],
        "isError": False,
        "_meta": {META: {"sources": sources, "private": result.private}},
    }


def unpacked(answer: Mapping[str, Any]) -> Result:
    """A result from MCP's answer to tools/call. Raises ValueError for what is none."""
    try:
        text = "\n".join(str(part["text"]) for part in answer["content"] if part.get("type") == "text")
        more = answer.get("_meta", {}).get(META, {})
        sources = tuple(Source(str(title), str(url)) for title, url in list(more.get("sources", ()))[:MOST_SOURCES])
        return Result(text, sources, bool(more.get("private")))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"this is no answer to tools/call: {error!r}") from None


def coded(content: bytes) -> str:
    """Bytes as JSON can hold them."""
    return base64.b64encode(content).decode("ascii")


def decoded(text: str) -> bytes:
    """The bytes again."""
    return base64.b64decode(text)
