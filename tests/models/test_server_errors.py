"""The meaning of different servers' error answers."""

import json

import pytest

from core.models.remote.server_errors import LONGEST_TEXT, read_refusal

LLAMA = {
    "error": {
        "code": 400,
        "message": "request (30018 tokens) exceeds the available context size (2048 tokens), try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 30018,
        "n_ctx": 2048,
    }
}
OPENAI = {
    "error": {
        "message": "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001"
        " tokens. Please reduce the length of the messages.",
        "type": "invalid_request_error",
        "param": "messages",
        "code": "context_length_exceeded",
    }
}
VLLM = {
    "object": "error",
    "message": "This model's maximum context length is 16384 tokens. However, you requested 122946 tokens (112946 in"
    " the messages, 10000 in the completion). Please reduce the length of the messages or completion.",
    "type": "BadRequestError",
    "code": 400,
}
SGLANG = {
    "object": "error",
    "message": "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
    "type": "BadRequestError",
    "code": 400,
}


@pytest.mark.parametrize(
    ("body", "tokens", "window"),
    [(LLAMA, 30018, 2048), (OPENAI, 9001, 8192), (VLLM, 112946, 16384), (SGLANG, 61709, 40960)],
)
def test_a_prompt_that_is_too_long_is_recognised_with_its_numbers(
    body: dict[str, object], tokens: int, window: int
) -> None:
    refusal = read_refusal(json.dumps(body).encode())
    assert (refusal.too_long, refusal.tokens, refusal.window) == (True, tokens, window)


@pytest.mark.parametrize(
    ("error", "setting"),
    [
        ({"message": "Unsupported parameter", "param": "max_tokens"}, "max_tokens"),
        ({"message": "Unsupported value: 'temperature' does not support 0.2"}, "temperature"),
        ({"message": "extra fields not permitted: `seed`"}, "seed"),
        ({"message": "no such model 'gpt-9'", "param": "model"}, ""),
    ],
)
def test_the_setting_that_a_server_does_not_know_is_named(error: dict[str, object], setting: str) -> None:
    body = json.dumps({"error": error}).encode()
    assert read_refusal(body, {"max_tokens", "temperature", "seed"}).setting == setting


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"<html>Bad gateway</html>", "<html>Bad gateway</html>"),
        (b'{"error": "plain"}', "plain"),
        (b'{"detail": "Not Found"}', "Not Found"),
        (b"[" * 10_000, "[" * LONGEST_TEXT),
        (b"\xff", "\ufffd"),
        (b"", ""),
        ({"message": "in the stream"}, "in the stream"),
    ],
)
def test_any_body_gives_a_text_for_the_log(body: object, text: str) -> None:
    refusal = read_refusal(body)
    assert (refusal.text, refusal.too_long) == (text, False)
