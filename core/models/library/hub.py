"""Downloads from the Hugging Face hub. They can resume after a restart, and the file is checked against its SHA-256."""

import asyncio
import errno
import re
import shutil
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

import httpx

from core.backoff import Backoff
from core.errors import ModelFileError, OperatorError
from core.models.embedded import gguf
from core.models.library.hub_file import COMMIT, REACH, REDIRECTS, HubFile, unreachable
from core.models.library.partial_download import DownloadLock, DownloadOrigin, PartialFile

T = TypeVar("T")

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
FIRST_PAUSE, LONGEST_PAUSE, TRIES = 1.0, 16.0, 5
"""Seconds before each retry after a connection was cut; the count starts again when new bytes have come."""

BATCH = 1 << 20
"""Bytes that are written to the disk at once; a process that is killed loses at most this many."""

STALLS, LEAST = 60.0, 64 * 1024
"""A download in which fewer than this many bytes come in this many seconds is cut off."""

SPARE = 64 << 20
"""Bytes of the disk that must stay free."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """The progress of a download, in bytes; `resumed` of them came from an earlier call."""

    done: int
    total: int
    resumed: int
    stage: Literal["checking", "fetching"]


@dataclass(frozen=True, slots=True)
class PulledFile:
    """A completely downloaded file, with the SHA-256 computed from its bytes and the commit that it came from."""

    path: Path
    sha256: str
    commit: str
    size: int


class _FileChanged(Exception):
    """The server cannot go on where we stopped: the file has changed, or it does not support ranges."""


async def resolvable(endpoint: str, seconds: float = REACH) -> None:
    """Check that the hub's name can be resolved. Raises OperatorError if it cannot.

    This runs in a thread that we do not wait for: without a network, a resolver takes 20 s to say so. Do not call it
    behind a proxy, which resolves names by itself.
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
        raise unreachable(endpoint, f"nobody gave the address of {url.host} within {seconds:g} s") from None
    if errors:
        raise unreachable(endpoint, f"{url.host} has no address ({errors[0].strerror})")


async def pull(
    source: HubFile,
    folder: Path,
    *,
    progress: Callable[[DownloadProgress], None] = lambda progress: None,
    first_pause: float = FIRST_PAUSE,
    tries: int = TRIES,
    spare: int = SPARE,
    stalls: float = STALLS,
) -> PulledFile:
    """Download a file into `folder`, or go on where an earlier call stopped, and return it once it is verified.

    `spare` bytes of the disk stay free. A server has `stalls` seconds for each next 64 KiB. A call that is cancelled or
    killed leaves a partial download, and nothing under the file's own name. Raises ModelFileError for content that is
    not what was promised, and OperatorError for everything else that the operator can fix.
    """
    name = source.wanted.file
    download = _HubDownload(source, folder / name, progress, first_pause, tries, spare, stalls)
    lock = DownloadLock(folder / f"{name}.lock")
    try:
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        await asyncio.to_thread(lock.take)
        return await download.run()
    except OSError as error:
        raise _disk(error, folder) from error
    finally:
        lock.free()


@dataclass(slots=True)
class _HubDownload:
    source: HubFile
    target: Path
    progress: Callable[[DownloadProgress], None]
    first_pause: float
    tries: int
    spare: int
    stalls: float
    resumed: int = 0

    async def run(self) -> PulledFile:
        origin = await self.source.describe()
        if await asyncio.to_thread(self.is_there, origin):
            return PulledFile(self.target, origin.sha256, origin.commit, origin.size)
        part = PartialFile(self.target, origin)
        self.progress(DownloadProgress(0, origin.size, 0, "checking"))
        try:
            await asyncio.to_thread(part.open)
            self.resumed = part.size
            await asyncio.to_thread(self.room, origin.size - part.size)
            await self.fetch(part)
            if part.sha256 != origin.sha256 and origin.sha256 and self.resumed:
                # The part from an earlier call may be damaged on the disk: download the whole file again, once.
                await self.restart(part)
                await self.fetch(part)
            if origin.sha256 and part.sha256 != origin.sha256:
                found = part.sha256
                await asyncio.to_thread(part.drop)
                raise ModelFileError(
                    f"{self.target.name} is not what it should be: its SHA-256 is {found}, and not"
                    f" {origin.sha256}. The file was removed. Try again, or choose another model."
                )
            await asyncio.to_thread(part.finish)
        finally:
            part.close()
        return PulledFile(self.target, part.sha256, origin.commit, origin.size)

    def is_there(self, origin: DownloadOrigin) -> bool:
        """Whether the whole file already exists, judged by its content."""
        return bool(origin.sha256) and self.target.exists() and gguf.digest(self.target) == origin.sha256

    def room(self, needed: int) -> None:
        free = shutil.disk_usage(self.target.parent).free
        if free < needed + self.spare:
            raise OperatorError(
                f"The disk is too small: {self.target.name} needs {_megabytes(needed)} more, and"
                f" {self.target.parent} has {_megabytes(free)} free. Free some space, and pull again."
            )

    async def fetch(self, part: PartialFile) -> None:
        """Get the missing bytes, with retries if the connection is cut."""
        tries, most = 0, part.size
        pauses = Backoff(self.first_pause, LONGEST_PAUSE)
        while part.size < part.origin.size:
            if part.size and not part.origin.provable:
                await self.restart(part)
            try:
                await self.attempt(part)
                reason = "the connection was closed early"
            except _FileChanged:
                await self.restart(part)
                reason = "the file changed during the download, or the server cannot resume one"
            except httpx.TransportError as error:
                reason = str(error) or type(error).__name__
            if part.size >= part.origin.size:
                return
            # Only bytes that never came before count as progress: a server that always begins anew must not keep us
            # trying forever.
            if part.size > most:
                tries, most = 0, part.size
                pauses.reset()
            tries += 1
            if tries > self.tries:
                raise OperatorError(
                    f"The download of {self.target.name} was cut off ({reason}). {_megabytes(part.size)} of"
                    f" {_megabytes(part.origin.size)} are kept: pull again to continue."
                )
            await asyncio.sleep(next(pauses))

    async def restart(self, part: PartialFile) -> None:
        """Drop what has come so far, and begin the same file again."""
        self.resumed = 0
        await asyncio.to_thread(part.begin, replace(part.origin, body_etag=""))

    async def attempt(self, part: PartialFile) -> None:
        """Download over one connection. Raises httpx.TransportError if it is cut, and _FileChanged."""
        # Asking for the commit keeps us on the file that we began with, whatever is uploaded meanwhile.
        commit = part.origin.commit
        url = self.source.url(commit) if COMMIT.fullmatch(commit) else httpx.URL(part.origin.url)
        for _ in range(REDIRECTS):
            headers = {**self.source.headers(url), **self.range(part)}
            request = self.source.client.build_request("GET", url, headers=headers)
            sending = self.source.client.send(request, stream=True, follow_redirects=False)
            async with aclosing(await self.by(self.soon(), sending)) as response:
                if not response.has_redirect_location:
                    await self.take(part, response)
                    return
                url = self.source.next(response)
        raise OperatorError(f"{self.source.endpoint} redirects in circles.")

    def soon(self) -> float:
        """The moment by which something must have come."""
        return asyncio.get_running_loop().time() + self.stalls

    async def by(self, moment: float, work: Awaitable[T]) -> T:
        """Wait for a piece of HTTP work until a moment. Raises httpx.ReadTimeout."""
        try:
            async with asyncio.timeout_at(moment):
                return await work
        except TimeoutError:
            raise httpx.ReadTimeout(f"fewer than {LEAST} bytes came in {self.stalls:g} s") from None

    def range(self, part: PartialFile) -> dict[str, str]:
        if not part.size:
            return {}
        told = part.origin.body_etag
        # A weak ETag must not be used for this (RFC 9110, 13.1.5); the SHA-256 at the end still finds a changed file.
        unchanged = {"If-Range": told} if told.startswith('"') else {}
        return {"Range": f"bytes={part.size}-", **unchanged}

    async def take(self, part: PartialFile, response: httpx.Response) -> None:
        """Write the body of a response to the part. The time limit begins anew whenever enough has come."""
        if response.status_code == 416 or (part.size and response.status_code == 200):
            raise _FileChanged
        # An expired signed address is answered with 403; the next try gets a new one from the hub.
        expired = response.status_code in (401, 403) and not self.source.is_home(response.url)
        if expired or response.status_code == 429 or response.status_code >= 500:
            raise httpx.RemoteProtocolError(f"{response.url.host} answers {response.status_code}")
        self.source.judge(response)
        self.compare(part, response)
        etag = response.headers.get("etag", "")
        if etag != part.origin.body_etag:
            await asyncio.to_thread(part.remember, replace(part.origin, body_etag=etag))
        waiting, length = [], 0
        chunks, limit, marked = response.aiter_raw(), self.soon(), part.size
        try:
            while chunk := await self.by(limit, anext(chunks, b"")):
                waiting.append(chunk)
                length += len(chunk)
                if part.size + length > part.origin.size:
                    raise ModelFileError(f"The hub sends more of {self.target.name} than the size that it announced.")
                if part.size + length >= marked + LEAST:
                    limit, marked = self.soon(), part.size + length
                if length >= BATCH:
                    await self.write(part, b"".join(waiting))
                    waiting, length = [], 0
        except httpx.TransportError:
            await self.write(part, b"".join(waiting))
            raise
        await self.write(part, b"".join(waiting))

    def compare(self, part: PartialFile, response: httpx.Response) -> None:
        """Check that the response is the piece that we asked for. Raises _FileChanged if not."""
        if response.status_code == 206:
            told = CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
            if told is None or int(told[1]) != part.size or told[2] not in ("*", str(part.origin.size)):
                raise _FileChanged
            # A server may ignore If-Range. If a SHA-256 is promised, it finds that out in the end.
            if not part.origin.sha256 and response.headers.get("etag", "") != part.origin.body_etag:
                raise _FileChanged
        elif response.headers.get("content-length", str(part.origin.size)) != str(part.origin.size):
            raise _FileChanged

    async def write(self, part: PartialFile, data: bytes) -> None:
        await asyncio.to_thread(part.write, data)
        self.progress(DownloadProgress(part.size, part.origin.size, self.resumed, "fetching"))


def _disk(error: OSError, folder: Path) -> OperatorError:
    if error.errno in FULL:
        return OperatorError(f"The disk of {folder} is full. What came is kept: free some space, and pull again.")
    return OperatorError(f"{folder} cannot be written: {error.strerror or error}.")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
