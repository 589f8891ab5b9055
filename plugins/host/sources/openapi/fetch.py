"""Descriptions from an address or a file, read in a process of their own so that nothing here has to wait."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import structlog

from core.reading_process import program_of, start_reading
from parley import Failure, Manifest, ManifestError
from plugins.host.sources.openapi.choice import OperationChoice
from plugins.host.sources.openapi.description import ServiceDescription, description_of
from plugins.host.sources.openapi.document import LARGEST, MIB
from plugins.host.sources.openapi.worker import PREFIX

log = structlog.get_logger()

LONGEST = 120.0
"""Most seconds that reading may take, including everything that is fetched."""

LARGEST_FRAME = 16 * MIB
"""The largest message of the process, in bytes."""

PROGRAM = program_of("plugins.host.sources.openapi.worker")

FetchText = Callable[[str, int], Awaitable[bytes]]


async def described(
    http: httpx.AsyncClient, address: str, name: str = "", choice: OperationChoice | None = None
) -> ServiceDescription:
    """Fetch a description, or an `ai-plugin.json` with the description that it points to.

    `name` is what the plugin is called here, in place of its own name. Raises ManifestError, and whatever the HTTP
    client raises.
    """
    text = await fetched(http, address, LARGEST, follows=True)

    async def fetch(url: str, most: int) -> bytes:
        # A redirect could lead to a host that nobody has named; only the first address came from a person.
        return await fetched(http, url, min(most, LARGEST), follows=False)

    return await _read_apart(text, name, address, choice, fetch)


async def read_file(
    path: Path, name: str, choice: OperationChoice | None = None, *, longest: float = LONGEST, program: str = PROGRAM
) -> ServiceDescription:
    """Read the description in a file, without fetching anything else. Raises ManifestError.

    `program` does it in a process of its own, and has `longest` seconds.
    """
    try:
        size = (await asyncio.to_thread(path.stat)).st_size
        text = await asyncio.to_thread(path.read_bytes) if size <= LARGEST else b""
    except OSError as error:
        raise ManifestError(f"{path.name} cannot be read: {error}") from None
    if size > LARGEST:
        raise ManifestError(f"{path.name}: larger than {LARGEST // MIB} MiB")
    return await _read_apart(text, name, "", choice, None, longest, program)


async def fetched(http: httpx.AsyncClient, address: str, most: int, *, follows: bool) -> bytes:
    """Fetch the content at an address. Raises ManifestError, and whatever the HTTP client raises."""
    body = bytearray()
    async with http.stream("GET", address, follow_redirects=follows) as response:
        if response.is_redirect:
            raise ManifestError(f"{address} leads to another address, which was not followed")
        if response.status_code != 200:
            raise ManifestError(f"{address} answers {response.status_code}")
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > most:
                raise ManifestError(f"{address}: larger than {most // 1024} KiB")
    return bytes(body)


async def _read_apart(
    text: bytes,
    name: str,
    address: str,
    choice: OperationChoice | None,
    fetch: FetchText | None,
    longest: float = LONGEST,
    program: str = PROGRAM,
) -> ServiceDescription:
    where = name or address
    options = {"name": name, "address": address, "choice": str(choice or ""), "fetches": fetch is not None}
    try:
        async with asyncio.timeout(longest), _worker(program) as child:
            found = await _conversation(child, json.dumps(options).encode(), text, fetch)
    except TimeoutError:
        raise ManifestError(f"{where}: it takes longer than {longest:g} seconds to read") from None
    except (asyncio.IncompleteReadError, ConnectionError):
        raise ManifestError(f"{where}: it takes too much time or memory to read") from None
    if "read" not in found:
        raise ManifestError(str(found.get("refused")))
    return description_of(Manifest.model_validate(found["read"]["manifest"]), found["read"]["kept"])


async def _conversation(
    child: asyncio.subprocess.Process, options: bytes, text: bytes, fetch: FetchText | None
) -> Mapping[str, Any]:
    """Hand a description to the process and fetch what it asks for. Returns its last message."""
    assert child.stdin
    for content in (options, text):
        await _send(child.stdin, content)
    while "fetch" in (message := await _heard(child)) and fetch:
        try:
            answer = b"+" + await fetch(message["fetch"], message["most"])
        except (ManifestError, Failure, httpx.HTTPError, httpx.InvalidURL) as error:
            answer = b"-" + (str(error) or type(error).__name__).encode()
        await _send(child.stdin, answer)
    return message


async def _send(stream: asyncio.StreamWriter, content: bytes) -> None:
    stream.write(len(content).to_bytes(PREFIX))
    stream.write(content)
    await stream.drain()


async def _heard(child: asyncio.subprocess.Process) -> Mapping[str, Any]:
    assert child.stdout
    size = int.from_bytes(await child.stdout.readexactly(PREFIX))
    if size > LARGEST_FRAME:
        raise ConnectionError("a frame is too large")
    message: Mapping[str, Any] = json.loads(await child.stdout.readexactly(size))
    return message


@asynccontextmanager
async def _worker(program: str = PROGRAM) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the process for the time of the block. It gets none of our secrets."""
    child = await start_reading(program, asyncio.subprocess.PIPE)
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        _, words = await child.communicate()
        if words:
            log.warning("description_reader_failed", code=child.returncode)
