"""Forms as no browser sends them: each is refused in words, and never answered with 500."""

import pytest

from tests.web.client import ORIGIN, Visitor

KINDS = [
    "",
    "application/json",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=nonsense",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=x; charset=nonsense",
]
PART = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\xfe\r\n--x--\r\n'
BODIES = [
    b"",
    b"[]",
    b'"x"',
    b"\xff\xfe\x00",
    b"text=%ff%00&once=%ed%a0%80",
    b"once=1&once=2&text",
    b"a=" * 2000,
    b"--x\r\n",
    PART,
    PART.replace(b"form-data; name", b"form-data; filename"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["messages", "presses", "forms"])
async def test_no_form_is_answered_with_500(visitor: Visitor, kind: str, form: str) -> None:
    address = await visitor.begin()
    headers = {"origin": ORIGIN, "sec-fetch-site": "same-origin", "content-type": kind}
    for body in BODIES:
        answer = await visitor.http.post(f"{address}/{form}", content=body, headers=headers)
        assert 400 <= answer.status_code < 500, body
        assert answer.text
