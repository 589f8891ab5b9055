"""True forms of the web page with something in them changed: none is answered with 500, and each in words."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.web.adapter import WebOptions, create
from tests.mutated import FEW, MANY, mutated
from tests.web.client import KEY, ORIGIN, Visitor
from tests.web.standin import Standin

TRUE: list[Any] = [
    ["messages", {"once": "0" * 32, "text": "Hello"}],
    ["messages", {"once": "0" * 32, "text": "/help topic", "edit": "1"}],
    ["presses", {"once": "0" * 32, "action": "up:1", "id": "1"}],
    ["forms", {"once": "0" * 32, "action": "write:1", "text": "Hello", "more": ["a", "b"]}],
]
HEADERS = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}


def form_of(fields: Any) -> tuple[str, bytes]:
    """A form with these fields; what is no object is sent as JSON, as no browser does."""
    if not isinstance(fields, dict):
        return "application/json", json.dumps(fields).encode()
    encoded = urlencode(fields, doseq=True, errors="surrogatepass")
    return "application/x-www-form-urlencoded", encoded.encode()


async def sent(form: str, fields: Any, more: dict[str, str]) -> None:
    """Send a form as a visitor."""
    core = Standin()
    core.chat = web = create(core.handle, core, hosts={"127.0.0.1", "localhost"}, options=WebOptions(KEY))
    kind, body = form_of(fields)
    async with Visitor(web.app) as visitor:
        address = await visitor.begin()
        headers = {**HEADERS, **more, "content-type": kind}
        answer = await visitor.http.post(f"{address}/{form}", content=body, headers=headers)
        assert answer.status_code < 500, (answer.status_code, body)
        assert answer.status_code < 400 or answer.text


FORMS = st.sampled_from([form for form, _ in TRUE])
FIELDS = mutated([fields for _, fields in TRUE])
MORE = st.sampled_from([{}, {"hx-request": "true"}, {"x-page": "x" * 300}, {"accept-language": ",;q=x, en;q=abc"}])


@pytest.mark.slow
@settings(FEW, max_examples=6)
@given(FORMS, FIELDS, MORE)
def test_no_changed_form_is_answered_with_500(form: str, fields: Any, more: dict[str, str]) -> None:
    asyncio.run(sent(form, fields, more))


@pytest.mark.sweep
@settings(MANY, max_examples=300)
@given(FORMS, FIELDS, MORE)
def test_none_of_very_many_forms_is_answered_with_500(form: str, fields: Any, more: dict[str, str]) -> None:
    asyncio.run(sent(form, fields, more))


ADDRESSES = ("/", "/c/{x}", "/c/{x}/events", "/c/{x}/files/{x}", "/admin", "/admin?{x}", "/static/{x}", "/{x}")
PATHS = st.sampled_from(ADDRESSES)
TEXTS = st.sampled_from(["", "..", "%00", "%ff%fe", "%ed%a0%80", "a" * 5000, "'\"<>", "1" * 400, "%2e%2e%2f", "\u202e"])


@FEW
@given(PATHS, TEXTS, st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS"]))
def test_no_address_is_answered_with_500(path: str, text: str, method: str) -> None:
    async def asked() -> None:
        core = Standin()
        core.chat = web = create(core.handle, core, hosts={"127.0.0.1", "localhost"}, options=WebOptions(KEY))
        async with Visitor(web.app) as visitor:
            answer = await visitor.http.request(method, path.replace("{x}", text or "x"), headers=HEADERS)
            assert answer.status_code < 500

    asyncio.run(asked())
