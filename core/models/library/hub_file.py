"""Asks the Hugging Face hub about a file: its size, its SHA-256, its commit, or why we may not have it.

The protocol is HEAD and GET of `/{repository}/resolve/{revision}/{file}` with X-Repo-Commit, ETag or X-Linked-ETag,
X-Linked-Size and redirects to the servers that hold the bytes (docs/reference/inference.md 5).
"""

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from core.errors import ModelFileError, OperatorError
from core.models.library.partial_download import DownloadOrigin

REACH = 5.0
"""Seconds within which the hub must give its first answer."""

REDIRECTS = 5
SHA256 = re.compile(r"[0-9a-f]{64}")
SIZE = re.compile(r"[0-9]{1,15}")
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class HubFileId:
    """A file of a repository ("owner/name"). `sha256` is None if the hub's own is trusted."""

    repository: str
    file: str
    revision: str = "main"
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a hub, and how to ask for it. The token is sent only to the hub's own host.

    The hub has `reach` seconds to say what it knows about the file.
    """

    client: httpx.AsyncClient
    endpoint: str
    wanted: HubFileId
    token: str = ""
    reach: float = REACH

    def url(self, revision: str) -> httpx.URL:
        """The address of the file at a revision."""
        path = f"{self.wanted.repository}/resolve/{quote(revision, safe='')}/{quote(self.wanted.file)}"
        return httpx.URL(f"{self.endpoint}/{path}")

    async def describe(self) -> DownloadOrigin:
        """Ask the hub about the file, without downloading it.

        Raises OperatorError if the hub cannot be reached or refuses, ModelFileError if its content is not the one that
        is pinned.
        """
        wanted = self.wanted
        url = self.url(wanted.revision)
        try:
            async with asyncio.timeout(self.reach):
                headers = await self.head(url)
        except TimeoutError:
            raise unreachable(self.endpoint, f"it did not answer within {self.reach:g} s") from None
        except httpx.HTTPError as error:
            raise unreachable(self.endpoint, str(error) or type(error).__name__) from error
        etag = (headers.get("x-linked-etag") or headers.get("etag", "")).removeprefix("W/").strip('"')
        size = headers.get("x-linked-size") or headers.get("content-length", "")
        if not SIZE.fullmatch(size) or not int(size):
            raise OperatorError(f"{self.endpoint} does not say how large {wanted.file} is: is it a hub?")
        told = etag if SHA256.fullmatch(etag) else ""
        pinned = (wanted.sha256 or "").lower()
        if pinned and told and pinned != told:
            raise ModelFileError(
                f"The hub's {wanted.repository}/{wanted.file} has another content than the one that is pinned: its"
                f" SHA-256 is {told}, and not {pinned}. Nothing was downloaded."
            )
        return DownloadOrigin(str(url), etag, headers.get("x-repo-commit", ""), int(size), pinned or told)

    async def head(self, url: httpx.URL) -> httpx.Headers:
        """The headers that describe the file: the hub's own ones if it redirects to another server for the bytes."""
        commit = ""
        for _ in range(REDIRECTS):
            response = await self.client.head(url, headers=self.headers(url), follow_redirects=False)
            commit = commit or response.headers.get("x-repo-commit", "")
            if not response.has_redirect_location or "x-linked-size" in response.headers:
                self.judge(response)
                if not self.is_home(response.url):
                    # Another server's ETag may look like a SHA-256 but be a hash of another kind.
                    response.headers.pop("etag", None)
                response.headers.setdefault("x-repo-commit", commit)
                return response.headers
            url = self.next(response)
        raise OperatorError(f"{self.endpoint} redirects in circles.")

    def headers(self, url: httpx.URL) -> dict[str, str]:
        """The headers of a request. The token is sent only to the hub, never to the servers that it redirects us to."""
        token = {"Authorization": f"Bearer {self.token}"} if self.token and self.is_home(url) else {}
        return {"Accept-Encoding": "identity", **token}

    def is_home(self, url: httpx.URL) -> bool:
        """Whether an address is on the hub itself, and not on a server that it redirects us to."""
        home = httpx.URL(self.endpoint)
        return (url.scheme, url.host, url.port) == (home.scheme, home.host, home.port)

    def next(self, response: httpx.Response) -> httpx.URL:
        """The target of a redirect. Raises OperatorError if it is not safe."""
        try:
            url = response.url.join(response.headers["location"])
        except (httpx.InvalidURL, ValueError):
            raise OperatorError(f"{response.url.host} redirects to something that is no address.") from None
        if url.scheme not in ("http", "https") or (response.url.scheme == "https" and url.scheme != "https"):
            raise OperatorError(f"{response.url.host} redirects to {url.scheme}://{url.host}, which is not safe.")
        return url

    def judge(self, response: httpx.Response) -> None:
        """Raise OperatorError if the answer is an error and not the file."""
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
                f"The hub needs a token for {wanted.repository}: there is no such model, or it is private, or its terms"
                f" must be accepted first at {page}. Then give a token in PARLEY_HUGGINGFACE__TOKEN."
            )
        if code == 404:
            what = response.headers.get("x-error-message") or f"no {wanted.file} at {wanted.revision}"
            raise OperatorError(f"The hub has no such file in {wanted.repository}: {what}.")
        raise OperatorError(f"{response.url.host} answers {code} for {wanted.repository}: try again later.")


def unreachable(endpoint: str, reason: str) -> OperatorError:
    """The error for a hub that does not answer."""
    return OperatorError(f"The hub {endpoint} cannot be reached: {reason}. Is this machine online?")
