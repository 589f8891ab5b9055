"""core.models.quoted_prompt: what a server repeats of a prompt stays out of the operator's log."""

import json

import pytest

from core.models.quoted_prompt import without_quotations

PROMPT = ["You are Parley, a friendly assistant.", 'My "secret" diary says:\nnobody knows', "hello"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('cannot parse My "secret" diary says:\nnobody knows, sorry', "cannot parse [quoted], sorry"),
        (f"bad body: {json.dumps(PROMPT[1])}", 'bad body: "[quoted]"'),
        ("near 'diary says:\nnobo'", "near '[quoted]'"),
        ("unexpected token 'hello'", "unexpected token '[quoted]'"),
        ("model llama-3 was not found", "model llama-3 was not found"),
        ("", ""),
    ],
)
def test_what_is_quoted_goes_and_the_rest_stays(text: str, shown: str) -> None:
    assert without_quotations(text, PROMPT) == shown
