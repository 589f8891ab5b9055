"""Reads error answers: what a refusal means, whichever server it comes from."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from core.errors import ModelUnavailable, PromptTooLong
from core.outside_json import read_json

LONGEST_TEXT = 500
"""How many characters of a server's own words are kept for the operator's log."""

TOO_LONG = {"exceed_context_size_error", "context_length_exceeded"}
"""The error types and codes of llama.cpp and OpenAI for a prompt that does not fit."""

TOO_LONG_TEXT = re.compile(
    r"maximum context length|longer than the model.s context|exceeds? the (?:available )?context", re.IGNORECASE
)
"""The same in words, as vLLM, SGLang, OpenAI and llama.cpp put it."""

WINDOW = re.compile(r"(?:context length (?:is|of) |context (?:length|size) \()(\d+)", re.IGNORECASE)
TOKENS = (
    re.compile(r"(\d+) in the messages"),
    re.compile(r"(?:resulted in|requested|passed)(?: about)? (\d+)|(?:input|request) \((\d+) tokens", re.IGNORECASE),
)
"""Patterns of the prompt's length; if the answer's is given as well, the first pattern tells them apart."""

NAMED = re.compile(r"['\"`](\w+)['\"`]")


@dataclass(frozen=True, slots=True)
class ServerRefusal:
    """An error answer. `tokens` and `window` are 0 if the server does not tell them; `setting` is the refused one."""

    text: str
    too_long: bool = False
    tokens: int = 0
    window: int = 0
    setting: str = ""


class TransientFailure(ModelUnavailable):
    """A failure that may pass, so that a retry may help: no connection, a broken answer, an overloaded server."""

    def __init__(self, cause: str) -> None:
        super().__init__("model-unavailable", cause)


class SettingRefused(ModelUnavailable):
    """The server does not accept a setting that we can do without."""

    def __init__(self, cause: str, setting: str) -> None:
        super().__init__("model-unavailable", cause)
        self.setting = setting


def read_refusal(content: object, settings: Collection[str] = ()) -> ServerRefusal:
    """Read the body of an error answer, or the error object in it; `settings` are the optional fields that we sent."""
    error = _error(content)
    text = str(error.get("message", error.get("detail", error)))[:LONGEST_TEXT]
    kinds = {str(error.get("type")), str(error.get("code"))}
    return ServerRefusal(
        text,
        too_long=bool(kinds & TOO_LONG or TOO_LONG_TEXT.search(text)),
        tokens=_number(error.get("n_prompt_tokens")) or _found(text, *TOKENS),
        window=_number(error.get("n_ctx")) or _found(text, WINDOW),
        setting=_setting(error, text, settings),
    )


def error_of(status: int, refusal: ServerRefusal, cause: str) -> ModelUnavailable | PromptTooLong:
    """Choose our error for an HTTP status and the refusal that came with it; `cause` is for the operator's log.

    PromptTooLong has 0 for numbers that the server does not tell.
    """
    if refusal.too_long:
        return PromptTooLong("prompt-too-long", cause, tokens=refusal.tokens, window=refusal.window)
    if status >= 500 or status == 429:
        return TransientFailure(cause)
    return SettingRefused(cause, refusal.setting) if refusal.setting else ModelUnavailable("model-unavailable", cause)


def _error(content: object) -> dict[str, object]:
    if isinstance(content, bytes):
        content = _parsed(content)
    inner = content.get("error", content) if isinstance(content, dict) else content
    return inner if isinstance(inner, dict) else {"message": inner}


def _parsed(body: bytes) -> object:
    try:
        return read_json(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _setting(error: dict[str, object], text: str, settings: Collection[str]) -> str:
    named = [str(error.get("param")), *NAMED.findall(text)]
    return next((name for name in named if name in settings), "")


def _number(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _found(text: str, *patterns: re.Pattern[str]) -> int:
    match = next(filter(None, (pattern.search(text) for pattern in patterns)), None)
    return int(next(filter(None, match.groups()))) if match else 0
