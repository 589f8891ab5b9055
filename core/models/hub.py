"""Downloads from the Hugging Face hub: they go on after a restart, and what came is compared with its SHA-256.

The protocol is HEAD and GET of `/{repository}/resolve/{revision}/{file}` with X-Repo-Commit, ETag or X-Linked-ETag,
X-Linked-Size and redirects to the servers that hold the bytes (spec/inference.md 5).
"""

import asyncio
import errno
import re
import shutil
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import httpx

from core.errors import ModelFileError, OperatorError
from core.models import gguf
from core.models.partial import Lock, Origin, Part

REACH = 5.0
"""Seconds in which the hub must answer at first."""

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each new try after a connection was cut; bytes that come set the count back."""

BATCH = 1 << 20
"""Bytes that go to the disk at once; a process that is killed loses at most as many."""

REDIRECTS = 5
SPARE = 64 << 20
"""Bytes of the disk that stay free."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SHA256 = re.compile(r"[0-9a-f]{64}")
COMMIT = re.compile(r"[0-9a-f]{40}")
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of a repository ("owner/name"). `sha256` is None where the hub's own word is taken."""

    repository: str
    file: str
    revision: str = "main"
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is, in bytes; `resumed` of them were there before."""

    done: int
    total: int
    resumed: int
    stage: Literal["checking", "fetching"]


@dataclass(frozen=True, slots=True)
class Pulled:
    """A whole file whose SHA-256 was computed from its bytes, and the commit that it came from."""

    path: Path
    sha256: str
    commit: str
    size: int


class _Changed(Exception):
    """The server cannot go on where we stopped: the file is another one, or it knows no ranges."""


async def resolvable(endpoint: str, seconds: float = REACH) -> None:
    """Find the hub's address, in a thread that nobody waits for: a resolver without a network takes 20 s to say so.

    Raises OperatorError. Do not ask behind a proxy, which resolves names by itself.
    """
    url = httpx.URL(endpoint)
    loop, found = asyncio.get_running_loop(), asyncio.Event()
    errors: list[OSError] = []

    def resolve() -> None:
        try:
            socket.getaddrinfo(url.host, url.port or url.scheme)
        except OSError as error:
            errors.append(error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(found.set)

    threading.Thread(target=resolve, daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            await found.wait()
    except TimeoutError:
        raise _unreachable(endpoint, f"nobody told the address of {url.host} within {seconds:g} s") from None
    if errors:
        raise _unreachable(endpoint, f"{url.host} has no address ({errors[0].strerror})")


async def pull(
    client: httpx.AsyncClient,
    endpoint: str,
    wanted: Wanted,
    folder: Path,
    *,
    token: str = "",
    progress: Callable[[Progress], None] = lambda progress: None,
    pauses: Sequence[float] = PAUSES,
) -> Pulled:
    """Download a file into `folder`, or go on where an earlier call stopped, and return it once it is proven right.

    The token goes to the endpoint's own host alone. A call that is cancelled or killed leaves a part, and nothing
    under the file's name. Raises ModelFileError for content that is not what was promised, and OperatorError for
    everything else that the operator can mend.
    """
    download = _Download(client, endpoint.rstrip("/"), wanted, folder / wanted.file, token, progress, pauses)
    lock = Lock(folder / (wanted.file + ".lock"))
    try:
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        await asyncio.to_thread(lock.take)
        return await download.run()
    except OSError as error:
        raise _disk(error, folder) from error
    finally:
        lock.free()


@dataclass(slots=True)
class _Download:
    client: httpx.AsyncClient
    endpoint: str
    wanted: Wanted
    target: Path
    token: str
    progress: Callable[[Progress], None]
    pauses: Sequence[float]
    resumed: int = 0

    async def run(self) -> Pulled:
        origin = await self.ask()
        if await asyncio.to_thread(self.is_there, origin):
            return Pulled(self.target, origin.sha256, origin.commit, origin.size)
        part = Part(self.target, origin)
        self.progress(Progress(0, origin.size, 0, "checking"))
        try:
            await asyncio.to_thread(part.open)
            self.resumed = part.size
            await asyncio.to_thread(self.room, origin.size - part.size)
            await self.fetch(part)
            if part.sha256 != origin.sha256 and origin.sha256 and self.resumed:
                # The disk may have spoilt what an earlier call left; the hub has one chance to send all of it.
                self.resumed = 0
                await asyncio.to_thread(part.begin, origin)
                await self.fetch(part)
            if origin.sha256 and part.sha256 != origin.sha256:
                found = part.sha256
                await asyncio.to_thread(part.drop)
                raise ModelFileError(
                    f"{self.wanted.file} is not what it should be: its SHA-256 is {found}, and not"
                    f" {origin.sha256}. The file was removed. Try again, or choose another model."
                )
            await asyncio.to_thread(part.finish)
        finally:
            part.close()
        return Pulled(self.target, part.sha256, origin.commit, origin.size)

    def is_there(self, origin: Origin) -> bool:
        """Whether the whole file is there already, by its content."""
        return bool(origin.sha256) and self.target.exists() and gguf.digest(self.target) == origin.sha256

    def room(self, needed: int) -> None:
        free = shutil.disk_usage(self.target.parent).free
        if free < needed + SPARE:
            raise OperatorError(
                f"The disk is too small: {self.wanted.file} needs {_megabytes(needed)} more, and"
                f" {self.target.parent} has {_megabytes(free)} free. Free some space, and pull again."
            )

    async def ask(self) -> Origin:
        """What the hub says about the file, without the file."""
        wanted = self.wanted
        revision = quote(wanted.revision, safe="")
        url = f"{self.endpoint}/{wanted.repository}/resolve/{revision}/{quote(wanted.file)}"
        try:
            async with asyncio.timeout(REACH):
                headers = await self.head(httpx.URL(url))
        except TimeoutError:
            raise _unreachable(self.endpoint, f"it did not answer within {REACH:g} s") from None
        except httpx.TransportError as error:
            raise _unreachable(self.endpoint, str(error) or type(error).__name__) from error
        etag = (headers.get("x-linked-etag") or headers.get("etag", "")).removeprefix("W/").strip('"')
        size = headers.get("x-linked-size") or headers.get("content-length", "")
        if not size.isdigit() or not int(size):
            raise OperatorError(f"{self.endpoint} does not say how large {wanted.file} is: is it a hub?")
        told = etag if SHA256.fullmatch(etag) else ""
        pinned = (wanted.sha256 or "").lower()
        if pinned and told and pinned != told:
            raise ModelFileError(
                f"The hub's {wanted.repository}/{wanted.file} has another content than the one that is pinned: its"
                f" SHA-256 is {told}, and not {pinned}. Nothing was downloaded."
            )
        return Origin(url, etag, headers.get("x-repo-commit", ""), int(size), pinned or told)

    async def head(self, url: httpx.URL) -> httpx.Headers:
        """The headers that describe the file; the hub's own, where it redirects to the bytes."""
        commit = ""
        for _ in range(REDIRECTS):
            response = await self.client.head(url, headers=self.headers(url), follow_redirects=False)
            commit = commit or response.headers.get("x-repo-commit", "")
            if not response.has_redirect_location or "x-linked-size" in response.headers:
                self.judge(response)
                response.headers.setdefault("x-repo-commit", commit)
                return response.headers
            url = self.next(response)
        raise OperatorError(f"{self.endpoint} redirects in circles.")

    def headers(self, url: httpx.URL) -> dict[str, str]:
        """The token is for the hub alone, never for the servers that it sends us to."""
        home = httpx.URL(self.endpoint)
        ours = (url.scheme, url.host, url.port) == (home.scheme, home.host, home.port)
        token = {"Authorization": f"Bearer {self.token}"} if self.token and ours else {}
        return {"Accept-Encoding": "identity", **token}

    def next(self, response: httpx.Response) -> httpx.URL:
        url = response.url.join(response.headers["location"])
        if url.scheme not in ("http", "https") or (response.url.scheme == "https" and url.scheme != "https"):
            raise OperatorError(f"{response.url.host} redirects to {url.scheme}://{url.host}, which is not safe.")
        return url

    async def fetch(self, part: Part) -> None:
        """Get what is missing, in several tries if the connection is cut."""
        tries = 0
        while part.size < part.origin.size:
            before = part.size
            try:
                await self.attempt(part)
                reason = "the connection was closed early"
            except _Changed:
                self.resumed = 0
                await asyncio.to_thread(part.begin, replace(part.origin, body_etag=""))
                reason, before = "the file changed while it came", 0
            except httpx.TransportError as error:
                reason = str(error) or type(error).__name__
            if part.size >= part.origin.size:
                return
            tries = 1 if part.size > before else tries + 1
            if tries > len(self.pauses):
                raise OperatorError(
                    f"The download of {self.wanted.file} was cut off ({reason}). {_megabytes(part.size)} of"
                    f" {_megabytes(part.origin.size)} are kept: pull again to go on."
                )
            await asyncio.sleep(self.pauses[tries - 1])

    async def attempt(self, part: Part) -> None:
        """One connection. Raises httpx.TransportError where it is cut, and _Changed."""
        commit = part.origin.commit
        url = httpx.URL(part.origin.url)
        if COMMIT.fullmatch(commit):
            # Whatever is uploaded meanwhile, we go on with the file that we began with.
            url = httpx.URL(
                str(url).replace(f"/resolve/{quote(self.wanted.revision, safe='')}/", f"/resolve/{commit}/")
            )
        for _ in range(REDIRECTS):
            headers = {**self.headers(url), **self.range(part)}
            async with self.client.stream("GET", url, headers=headers, follow_redirects=False) as response:
                if not response.has_redirect_location:
                    await self.take(part, response)
                    return
                url = self.next(response)
        raise OperatorError(f"{self.endpoint} redirects in circles.")

    def range(self, part: Part) -> dict[str, str]:
        if not part.size:
            return {}
        told = part.origin.body_etag
        # A weak ETag may not be used for this (RFC 9110, 13.1.5); the SHA-256 at the end tells all the same.
        unchanged = {"If-Range": told} if told.startswith('"') else {}
        return {"Range": f"bytes={part.size}-", **unchanged}

    async def take(self, part: Part, response: httpx.Response) -> None:
        """Write what a response brings."""
        if response.status_code == 416 or (part.size and response.status_code == 200):
            raise _Changed
        if response.status_code == 429 or response.status_code >= 500:
            raise httpx.RemoteProtocolError(f"{response.url.host} answers {response.status_code}")
        self.judge(response)
        self.compare(part, response)
        etag = response.headers.get("etag", "")
        if etag != part.origin.body_etag:
            await asyncio.to_thread(part.remember, replace(part.origin, body_etag=etag))
        waiting, length = [], 0
        try:
            async for chunk in response.aiter_raw():
                waiting.append(chunk)
                length += len(chunk)
                if part.size + length > part.origin.size:
                    raise ModelFileError(f"The hub sends more of {self.wanted.file} than the size that it told.")
                if length >= BATCH:
                    await self.write(part, b"".join(waiting))
                    waiting, length = [], 0
        except httpx.TransportError:
            await self.write(part, b"".join(waiting))
            raise
        await self.write(part, b"".join(waiting))

    def compare(self, part: Part, response: httpx.Response) -> None:
        """Whether the response is the piece that we asked for. Raises _Changed."""
        if response.status_code == 206:
            told = CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
            if told is None or int(told[1]) != part.size or told[2] not in ("*", str(part.origin.size)):
                raise _Changed
        elif response.headers.get("content-length", str(part.origin.size)) != str(part.origin.size):
            raise _Changed

    async def write(self, part: Part, data: bytes) -> None:
        await asyncio.to_thread(part.write, data)
        self.progress(Progress(part.size, part.origin.size, self.resumed, "fetching"))

    def judge(self, response: httpx.Response) -> None:
        """Raises OperatorError for an answer that is no file."""
        code, wanted = response.status_code, self.wanted
        if code < 400:
            return
        if code in (401, 403):
            page = f"{self.endpoint}/{wanted.repository}"
            if self.token:
                raise OperatorError(
                    f"The hub does not let this token have {wanted.repository}: ask for access at {page}."
                )
            raise OperatorError(
                f"The hub wants a token for {wanted.repository}: there is no such model, or it is private, or its terms"
                f" must be accepted first at {page}. Then give a token in PARLEY_HUGGINGFACE__TOKEN."
            )
        if code == 404:
            what = response.headers.get("x-error-message") or f"no {wanted.file} at {wanted.revision}"
            raise OperatorError(f"The hub has no such file in {wanted.repository}: {what}.")
        raise OperatorError(f"{response.url.host} answers {code} for {wanted.repository}: try again later.")


def _unreachable(endpoint: str, reason: str) -> OperatorError:
    return OperatorError(f"The hub {endpoint} cannot be reached: {reason}. Is this machine online?")


def _disk(error: OSError, folder: Path) -> OperatorError:
    if error.errno in FULL:
        return OperatorError(f"The disk of {folder} is full. What has come is kept: free some space, and pull again.")
    return OperatorError(f"{folder} cannot be written: {error.strerror or error}.")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
