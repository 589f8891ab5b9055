"""A service's answer as text, with the key removed in case the answer repeats it."""

import base64
import json
import re
from urllib.parse import quote

import httpx

from core.outside_json import read_json
from parley import Failure
from plugins.host.sources.openapi.values import cut

LONGEST_ANSWER, LONGEST_COMPLAINT = 4000, 300
LONGEST_READ = 64 * 1024
"""Most bytes of a text that are decoded; far fewer are shown."""

COMMON = re.compile(
    r"utf-?8|us-ascii|latin-?1|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|gb(?:k|2312|18030)|big5|shift-jis|euc-(?:jp|kr)"
)
TEXT_TYPE = re.compile(r"text/|[/+](?:json|xml|yaml|javascript)|x-www-form-urlencoded", re.IGNORECASE)


def answer_text(response: httpx.Response, key: str, setting: str) -> str:
    """Return a service's answer as text.

    Raises Failure for its errors; `setting` is where the operator sets the key.
    """
    text = _readable(response)
    if key:
        # Some services repeat in an error what was sent to them.
        for secret in (key, quote(key, safe=""), base64.b64encode(key.encode()).decode()):
            text = text.replace(secret, "***")
    status = response.status_code
    if status in (401, 403) and setting and key:
        text = f"{text} (is {setting} right?)"
    if response.is_redirect:
        raise Failure(f"{response.url.host} leads to another address, which was not followed")
    if status >= 400:
        raise Failure(f"{response.url.host} answers {status}: {cut(text, LONGEST_COMPLAINT)}")
    return cut(text, LONGEST_ANSWER) or f"It worked ({status})."


def _readable(response: httpx.Response) -> str:
    """Return a body as text: JSON without its spaces, and for anything that is not text, only its type."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    if not response.content:
        return ""
    try:
        return json.dumps(read_json(response.content), ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        if kind and not TEXT_TYPE.search(kind):
            return f"{len(response.content)} bytes of {kind}"
        # What a charset names is the service's choice, and some take minutes for what others read in no time.
        return response.content[:LONGEST_READ].decode(_encoding(response), "replace").strip()


def _encoding(response: httpx.Response) -> str:
    """Return the encoding that a service names if it is a common one, else UTF-8."""
    named = (response.charset_encoding or "").lower().replace("_", "-")
    return named if COMMON.fullmatch(named) else "utf-8"
