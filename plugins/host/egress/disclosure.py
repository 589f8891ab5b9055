"""Limits what is disclosed: other origins get no keys, and the reader of an answer sees no secret that it echoes."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

import httpx

from core.secret_redaction import SecretRedaction, redaction
from parley import Failure

CARRIED = frozenset(
    {b"accept", b"accept-language", b"accept-encoding", b"user-agent", b"range", b"if-none-match", b"if-modified-since"}
    | {b"content-type", b"content-length", b"transfer-encoding"}
)
"""Headers that are sent along to another origin: any other header might hold a key."""

UNPACKED = frozenset({b"content-encoding", b"content-length"})
"""Headers that are no longer true once a body is decompressed."""

AT_ONCE = 64 * 1024
"""The most bytes that are searched for secrets in the event loop; more are searched in a thread."""

Pairs = Sequence[tuple[bytes, bytes]]


def port_of(url: httpx.URL) -> int:
    """The port of an address; the scheme's usual one if it does not name any."""
    return url.port or (443 if url.scheme == "https" else 80)


def origin(url: httpx.URL) -> tuple[str, str, int]:
    """The origin that a key is for: scheme, host and port."""
    return url.scheme, url.host, port_of(url)


async def redirected(request: httpx.Request, following: httpx.Request, secrets: SecretRedaction) -> httpx.Request:
    """The request that follows a redirect; another origin does not get its keys.

    Raises Failure if a secret would still be sent along, or if the redirect leads from https to another scheme.
    """
    before, after = request.url, following.url
    if before.scheme == "https" and after.scheme != "https":
        raise Failure(f"{before.host} leads to an address without encryption; it was not followed")
    if origin(before) == origin(after):
        return following
    kept = [(name, value) for name, value in following.headers.raw if name.lower() in CARRIED]
    made = httpx.Request(
        following.method, after, headers=kept, stream=following.stream, extensions=dict(following.extensions)
    )
    if secrets.finds(str(after).encode()) or await sends(made, secrets):
        raise Failure(f"{before.host} leads to another host, which would get a secret; it was not followed")
    return made


async def sends(request: httpx.Request, secrets: SecretRedaction) -> bool:
    """Whether a request holds a secret in its path, query, headers or body."""
    if not secrets:
        return False
    parts = (request.url.raw_path, *(part for pair in request.headers.raw for part in pair))
    if any(secrets.finds(part) for part in parts):
        return True
    body = await request.aread()
    return await asyncio.to_thread(secrets.finds, body) if len(body) > AT_ONCE else secrets.finds(body)


async def shown(
    response: httpx.Response, history: list[httpx.Response], secrets: SecretRedaction, *, stream: bool
) -> httpx.Response:
    """An answer with its secrets removed. To be searched for secrets it is read as a whole, even if it is streamed."""
    content = b""
    async with AsyncExitStack() as unread:
        unread.push_async_callback(response.aclose)
        if secrets or not stream:
            content = await response.aread()
        # It is closed only if it could not be read: whoever asked for a stream goes on reading.
        unread.pop_all()
    if not secrets:
        response.history = history
        return response
    if len(content) > AT_ONCE:
        content = await asyncio.to_thread(secrets.redact, content)
    else:
        content = secrets.redact(content)
    made = _redacted(response, secrets, content)
    made.history = [_redacted(one, secrets, b"") for one in history]
    return made


async def without_secrets(text: str, secrets: frozenset[str]) -> str:
    """A text with each secret replaced by a mark, also where it is encoded."""
    known = redaction(secrets)
    if not known:
        return text
    content = text.encode("utf-8", "surrogatepass")
    if len(content) > AT_ONCE:
        content = await asyncio.to_thread(known.redact, content)
    else:
        content = known.redact(content)
    return content.decode("utf-8", "replace")


def _redacted(response: httpx.Response, secrets: SecretRedaction, content: bytes) -> httpx.Response:
    false = (*UNPACKED, b"transfer-encoding")
    headers = [(secrets.redact(n), secrets.redact(v)) for n, v in response.headers.raw if n.lower() not in false]
    said = response.extensions
    made = httpx.Response(
        response.status_code,
        headers=headers,
        content=content,
        request=response.request,
        extensions={
            "http_version": said.get("http_version", b"HTTP/1.1"),
            "reason_phrase": secrets.redact(said.get("reason_phrase", b"")),
        },
    )
    made.elapsed = response.elapsed
    return made
