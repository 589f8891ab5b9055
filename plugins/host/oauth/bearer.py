"""Access tokens for calls: fetched, kept until shortly before they expire, and renewed once if refused."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, Protocol
from weakref import WeakValueDictionary

import httpx
import structlog

from core.ports.store import Store
from core.store import connections
from core.store.plugin_tables import ConnectionRow
from parley import Failure
from plugins.host.egress.guarded_http import SECRETS
from plugins.host.oauth import endpoint
from plugins.host.oauth.flow import FLOW, OAuthClient, OAuthError, OAuthSource, OAuthTokens, SignInNeeded

log = structlog.get_logger()

SIGN_IN = "parley.sign_in"
"""The request extension that asks for a token: for whom (a person's id), and "must" or "may"."""

TRIES, PAUSE = 60, 0.25
"""How many times to look whether another process has got new tokens, and the seconds between two looks."""

SPENT = ("invalid_grant", "invalid_token", "unauthorized_client")
"""The error codes with which servers say that they no longer accept a refresh token."""


class TokenSource(Protocol):
    """Gives the access token for calls in a person's name."""

    async def token(self, person_id: str) -> str:
        """Return a token that should still be valid. Raises SignInNeeded, Failure."""
        ...

    async def renewed(self, person_id: str, refused: str) -> str:
        """Return another token in place of one that the service refuses. Raises SignInNeeded, Failure."""
        ...


def token_source(source: OAuthSource, client: OAuthClient, http: httpx.AsyncClient, store: Store) -> TokenSource:
    """Return the source of the tokens for a plugin's calls."""
    if source.grant == "client":
        return OperatorTokens(source, client, http)
    return PersonTokens(source, client, http, store)


class BearerAuth(httpx.Auth):
    """Puts a token into the requests that ask for one (RFC 6750, 2.1), and renews a refused token once."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send the request with its token, and once more with another token if the answer is 401."""
        person_id, need = request.extensions.get(SIGN_IN, ("", "no"))
        if need == "no":
            yield request
            return
        try:
            token = await self._source.token(person_id)
        except SignInNeeded:
            if need == "must":
                raise
            yield request
            return
        _sign(request, token)
        response = yield request
        if response.status_code == 401:
            _sign(request, await self._source.renewed(person_id, token))
            yield request


def _sign(request: httpx.Request, token: str) -> None:
    """Put a token into a request, and mark it as a secret for the HTTP client."""
    request.headers["Authorization"] = f"Bearer {token}"
    request.extensions = {**request.extensions, SECRETS: (*request.extensions.get(SECRETS, ()), token)}


def wants_token(request: httpx.Request, person_id: str, need: str) -> httpx.Request:
    """Return the request, marked for `BearerAuth`."""
    request.extensions = {**request.extensions, SIGN_IN: (person_id, need)}
    return request


def token_in(response: httpx.Response) -> str:
    """Return the token that a request was sent with, so that it can be kept out of what is shown of the answer."""
    return str(response.request.headers.get("Authorization", "")).removeprefix("Bearer ")


class OperatorTokens:
    """One token for everybody, in the operator's own name (client credentials). It is kept in memory only."""

    def __init__(self, source: OAuthSource, client: OAuthClient, http: httpx.AsyncClient) -> None:
        self._source, self._client, self._http = source, client, http
        self._tokens: OAuthTokens | None = None
        self._working = asyncio.Lock()

    async def token(self, person_id: str) -> str:
        """Return the token, fetching one if there is none that is still valid."""
        async with self._working:
            if self._tokens is None or not self._tokens.fresh:
                await self._fetch()
            assert self._tokens
            return self._tokens.access

    async def renewed(self, person_id: str, refused: str) -> str:
        """Return another token: the one that another call has fetched meanwhile, if there is one."""
        async with self._working:
            if self._tokens is None or self._tokens.access == refused:
                await self._fetch()
            assert self._tokens
            return self._tokens.access

    async def _fetch(self) -> None:
        flow = await self._source.flow(self._http)
        self._tokens = await endpoint.granted(self._http, flow, self._client)


class PersonTokens:
    """Each person's own token for one plugin, from the database."""

    def __init__(self, source: OAuthSource, client: OAuthClient, http: httpx.AsyncClient, store: Store) -> None:
        self._source, self._client, self._http, self._store = source, client, http, store
        self._working: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._under_way: set[asyncio.Task[str]] = set()

    async def token(self, person_id: str) -> str:
        """Return the person's token, refreshed if it is about to expire."""
        return await self._finished(self._unless(person_id, lambda found: _held(found).fresh))

    async def renewed(self, person_id: str, refused: str) -> str:
        """Return another token: the one that another call has fetched meanwhile, if there is one."""
        return await self._finished(self._unless(person_id, lambda found: found.access != refused))

    async def _unless(self, person_id: str, good: Callable[[ConnectionRow], bool]) -> str:
        """Return the stored token if it is good, else a new one."""
        async with self._one_at_a_time(person_id):
            found = await self._connection(person_id)
            return found.access if good(found) else await self._refresh(found)

    async def _finished(self, work: Coroutine[Any, Any, str]) -> str:
        """Finish a piece of work even if the call that needs it is cancelled meanwhile.

        A refresh token is worthless once it has been sent. If we then lost the answer, the person would lose the
        connection to their account.
        """
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._end)
        return await asyncio.shield(task)

    def _end(self, task: "asyncio.Task[str]") -> None:
        self._under_way.discard(task)
        error = None if task.cancelled() else task.exception()
        if error and not isinstance(error, SignInNeeded):
            log.info("no_token", plugin=self._client.plugin, error=error)

    def _one_at_a_time(self, person_id: str) -> asyncio.Lock:
        # A server that rotates refresh tokens treats the second use of one as theft, and revokes all of them.
        return self._working.setdefault(person_id, asyncio.Lock())

    async def _connection(self, person_id: str) -> ConnectionRow:
        found = await self._store.read(lambda session: connections.find(session, person_id, self._client.plugin))
        if found is None or not self._source.accepts(FLOW.validate_python(found.flow)):
            raise SignInNeeded(self._client.plugin)
        return found

    async def _refresh(self, before: ConnectionRow) -> str:
        if not before.refresh:
            return await self._lost(before)
        if not await self._store.write(lambda session: connections.claim(session, before)):
            return await self._of_another(before)
        try:
            flow = FLOW.validate_python(before.flow)
            fresh = await endpoint.refreshed(self._http, flow, self._client, before.refresh)
        except Failure as error:
            if isinstance(error, OAuthError) and error.code in SPENT:
                return await self._lost(before)
            await self._store.write(lambda session: connections.release(session, before))
            raise
        given = (fresh.access, fresh.refresh, fresh.expires_at)
        if not await self._store.write(lambda session: connections.renew(session, before, *given)):
            return (await self._connection(before.person_id)).access
        return fresh.access

    async def _of_another(self, before: ConnectionRow) -> str:
        """Wait for the token that another process is getting, and return it."""
        for _ in range(TRIES):
            await asyncio.sleep(PAUSE)
            found = await self._connection(before.person_id)
            if found.access != before.access:
                return found.access
        raise Failure(f"{self._client.plugin}: no new token came; try again in a minute")

    async def _lost(self, before: ConnectionRow) -> str:
        """Handle invalid tokens: the person must sign in again, unless another process has new ones."""
        found = await self._connection(before.person_id)
        if found.access != before.access:
            return found.access
        await self._store.write(lambda session: connections.disconnect_revoked(session, before))
        raise SignInNeeded(self._client.plugin)


def _held(found: ConnectionRow) -> OAuthTokens:
    return OAuthTokens(found.access, found.refresh, found.expires_at)
