"""The differences between OpenAI-compatible servers: how to tell them apart, which settings they accept, and
how they continue a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.ports.model import PromptLine, SamplingSettings, ToolSpec

Dialect = Literal["llama.cpp", "vllm", "openai"]
"""SGLang speaks `vllm` too; `openai` is the common subset, used for Ollama and all others."""

OWNERS: Mapping[str, Dialect] = {"llamacpp": "llama.cpp", "vllm": "vllm", "sglang": "vllm"}
"""`owned_by` in a server's list of models -> its dialect."""

COMMON = {"temperature": "temperature", "top_p": "top_p", "max_new_tokens": "max_tokens", "seed": "seed"}
NAMES: Mapping[Dialect, Mapping[str, str]] = {
    "llama.cpp": COMMON | {"top_k": "top_k", "typical_p": "typical_p", "repetition_penalty": "repeat_penalty"},
    "vllm": COMMON | {"top_k": "top_k", "repetition_penalty": "repetition_penalty"},
    "openai": COMMON,
}
"""Dialect -> our name of a sampling setting -> the server's. Settings that a server does not know are left out."""

EXTRAS: Mapping[Dialect, Mapping[str, object]] = {
    # llama.cpp notices that a client has gone within a second, or as soon as it has something to send. So let it send
    # its progress in reading the prompt.
    "llama.cpp": {"return_progress": True},
    "vllm": {},
    "openai": {},
}
"""Dialect -> further fields of every request for an answer."""

RENAMED = {"max_tokens": "max_completion_tokens"}
"""A setting that a server may refuse -> its newer name."""

CARRY_ON = "Continue your last message exactly where it stopped. Do not repeat any of it, and add no remark."


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """The facts from a server's list of models: its dialect, and the model's window in tokens (0 if unknown)."""

    dialect: Dialect
    window: int = 0


def facts(listing: object, model: str) -> ServerFacts:
    """Read the answer to GET /v1/models, as parsed JSON; `model` is the one that we use."""
    entries = listing.get("data") if isinstance(listing, dict) else None
    entries = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    entry = next((entry for entry in entries if entry.get("id") == model), entries[0] if entries else {})
    meta = entry.get("meta")
    window = meta.get("n_ctx") if isinstance(meta, dict) else entry.get("max_model_len")
    return ServerFacts(OWNERS.get(str(entry.get("owned_by")), "openai"), window if isinstance(window, int) else 0)


def sampling_fields(sampling: SamplingSettings, dialect: Dialect) -> dict[str, float]:
    """The sampling settings under the server's names."""
    values = {theirs: getattr(sampling, ours) for ours, theirs in NAMES[dialect].items()}
    return {name: value for name, value in values.items() if value is not None}


def prompt_fields(lines: Sequence[PromptLine], dialect: Dialect) -> dict[str, Any]:
    """The messages, and the fields that make the server continue the last line if it is the assistant's."""
    # Nearly all messages are only text.
    messages = [
        _message(line) if line.calls or line.call else {"role": line.role, "content": line.text} for line in lines
    ]
    if not lines or lines[-1].role != "assistant":
        return {"messages": messages}
    if dialect == "openai":
        return {"messages": [*messages, {"role": "user", "content": CARRY_ON}]}
    return {"messages": messages, "continue_final_message": True, "add_generation_prompt": False}


def _message(line: PromptLine) -> dict[str, Any]:
    found: dict[str, Any] = {"role": line.role, "content": line.text}
    if line.calls:
        found["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in line.calls
        ]
    return found | {"tool_call_id": line.call} if line.call else found


def tool_fields(tools: Sequence[ToolSpec]) -> dict[str, Any]:
    """The tools as the chat API takes them; no field if there are none."""
    if not tools:
        return {}
    functions = [{"name": tool.name, "description": tool.description, "parameters": tool.schema} for tool in tools]
    return {"tools": [{"type": "function", "function": function} for function in functions]}
