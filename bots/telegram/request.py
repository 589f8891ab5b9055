"""How the library speaks HTTP: through aiohttp, which takes a third of the time per call of its default, httpx."""

from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp.payload import BytesPayload
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bots.shared.last_check import Check, last_checks
from bots.telegram.replies import UnreadableReply, checked, refusal
from core.outside_json import MOST_BYTES

TOLD_APART = frozenset({400, 401, 403, 404, 409, 429})
"""The statuses of refusals for which the library has separate errors."""


class NotOpened(Exception):
    """There is no session: the bot has not started yet, or it has ended."""


class RequestRefused(Exception):
    """The server refused a request with a status that begins with 4: it was not done."""


NOT_DONE = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, NotOpened, RequestRefused)
"""Errors which prove that a request has had no effect."""


FORM = "application/x-www-form-urlencoded"
CONNECTIONS = 64
ANSWER = 10.0
"""The longest, in seconds, that connecting and an answer may take. The request may take twice as long on its way."""

LARGEST_FILE = 32 * 1024 * 1024
"""The largest file that is read, in bytes; Telegram gives bots 20 MB."""

KEPT = 15.0
"""Seconds for which an idle connection is kept.

Telegram keeps it longer, so no connection is closed in the middle of a request.
"""


class AiohttpRequest(BaseRequest):
    """Sends the library's requests through aiohttp.

    `read_timeout` is the longest an answer may take, in seconds. `check` is made just before each request.
    """

    def __init__(self, read_timeout: float = ANSWER, check: Check | None = None) -> None:
        self._read_timeout = read_timeout
        self._check = check
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """The longest that an answer may take, in seconds."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the session, so that requests can be sent."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT)
            self._session = aiohttp.ClientSession(connector=connector, trace_configs=list(last_checks(self._check)))

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send a request; returns the status and the content of the answer.

        Raises TimedOut or NetworkError; its cause says whether the request had no effect (`NOT_DONE`). An answer that
        is not Telegram's is an UnreadableReply.
        """
        if self._session is None or self._session.closed:
            raise NetworkError("the connection is closed") from NotOpened()
        read = read_timeout if isinstance(read_timeout, int | float) else self._read_timeout
        usual = self._read_timeout
        limits = aiohttp.ClientTimeout(sock_connect=usual, sock_read=read, total=3 * usual + read)
        headers = {"User-Agent": self.USER_AGENT}
        try:
            asked = self._session.request(
                method, url, data=_form(request_data), headers=headers, timeout=limits, allow_redirects=False
            )
            async with asked as answer:
                content = await _whole(answer, LARGEST_FILE if method == "GET" else MOST_BYTES)
                if _refused(answer.status, content):
                    raise NetworkError(f"status {answer.status}") from RequestRefused(answer.status)
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error
        # A file may have any content; everything else is an answer of the Bot API.
        return answer.status, content if method == "GET" else checked(url.rpartition("/")[2], answer.status, content)


def _refused(status: int, content: bytes) -> bool:
    """Return whether the server refused a request in a way for which the library has no error."""
    if status == 429:
        return "retry_after" not in refusal(content).get("parameters", {})
    return 400 <= status < 500 and status not in TOLD_APART


async def _whole(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """Read an answer. Raises UnreadableReply if it has more than `most` bytes."""
    content = bytearray()
    async for chunk in answer.content.iter_any():
        content += chunk
        if len(content) > most:
            raise UnreadableReply(f"an answer of more than {most} bytes")
    return bytes(content)


def _form(data: RequestData | None) -> Any:
    """Return the parameters as a form, including any files."""
    if data is None:
        return None
    if not data.multipart_data:
        # aiohttp prepares for files whenever it is given a form.
        return BytesPayload(urlencode(data.json_parameters).encode(), content_type=FORM)
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form
