"""core.secret_redaction: a secret is found in every form that a host may echo it in, and nothing else is."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from core.secret_redaction import SecretRedaction
from tests.sweeping import mostly_swept

SECRETS = ["sk-Zx81_aQ.7-kk", 'p&ss "w/rd"\\ü+ 7', "two\nlines\tof <it>", "schlüssel-𝄞-x"]

FORMS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "quoted": lambda text: quote(text, safe="").encode(),
    "quoted in small letters": lambda text: _lower_percent(quote(text, safe="")).encode(),
    "quoted as a form": lambda text: quote_plus(text).encode(),
    "quoted twice": lambda text: quote(quote(text, safe=""), safe="").encode(),
    "every byte quoted": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
    "json": lambda text: json.dumps(text)[1:-1].encode(),
    "json in utf-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1].encode(),
    "json in json": lambda text: json.dumps(json.dumps(text)).encode(),
    "json with slashes escaped": lambda text: json.dumps(text)[1:-1].replace("/", r"\/").encode(),
    "every sign escaped": lambda text: "".join(
        f"\\u{unit:04X}" for unit in memoryview(text.encode("utf-16-le")).cast("H")
    ).encode(),
    "html": lambda text: html.escape(text).encode(),
    "html by numbers": lambda text: "".join(f"&#{ord(sign)};" for sign in text).encode(),
    "html by hex": lambda text: "".join(f"&#x{ord(sign):04X};" for sign in text).encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "hex in capitals": lambda text: text.encode().hex().upper().encode(),
    "utf-16": lambda text: text.encode("utf-16-le"),
    "utf-16 the other way": lambda text: text.encode("utf-16-be"),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 in an address": lambda text: base64.urlsafe_b64encode(text.encode()),
    "base64 quoted": lambda text: quote(base64.b64encode(text.encode()).decode(), safe="").encode(),
    "basic": lambda text: base64.b64encode(b"user:" + text.encode()),
    "basic, other way round": lambda text: base64.b64encode(text.encode() + b":user-of-it"),
    "base64 in the middle": lambda text: base64.b64encode(b"{'key': '" + text.encode() + b"'}"),
}


def _lower_percent(text: str) -> str:
    parts = text.split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_each_form(form: str, secret: str) -> None:
    known = SecretRedaction([secret])
    echo = FORMS[form](secret)
    assert known.finds(b"before " + echo + b" after")
    shown = known.redact(b"before " + echo + b" after")
    assert shown.startswith(b"before ")
    assert shown.endswith(b" after")
    assert len(shown) < len(b"before *** after") + 24
    assert not known.finds(shown)
    # A base64 sign or two of a neighbour may stay, and no more than that.
    assert len(echo) < 20 or echo[8:-8] not in shown


def test_all_secrets_are_found_and_nothing_else() -> None:
    known = SecretRedaction(["alpha-1", "alpha-1-long", "", "  ", "abc", " padded-key \n", "user:pass-word"])
    text = b"alpha-1-long alpha-1 abc user pass-word padded-key"
    assert known.redact(text) == b"*** *** abc user *** ***"
    plain = b"Alpha 1, nothing to see: %61%6c, \\u0061lpha, YWxwaGE="
    assert known.redact(plain) == plain
    assert not SecretRedaction(["", "abc"])
    assert SecretRedaction([]).redact(text) == text


def test_json_around_a_secret_stays_json() -> None:
    secret = 'a"b\\c/d é'
    body = json.dumps({"headers": {"Authorization": f"Bearer {secret}"}}).encode()
    assert json.loads(SecretRedaction([secret]).redact(body)) == {"headers": {"Authorization": "Bearer ***"}}


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", mostly_swept([b"\\", b"%25", b"&#0", b"&#x0", b"s", b"sk-", b"\\\\u"], [b"\\", b"sk-"])
)
def test_no_page_makes_the_search_slow(page: bytes) -> None:
    # Without bounds this would take hours: the test's own limit stops it.
    for secret in ("sk-Zx81_aQ.7-kk", "\\" * 12 + "x"):
        assert not SecretRedaction([secret]).finds(page * (200_000 // len(page)))
