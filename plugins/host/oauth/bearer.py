"""Access tokens as calls need them: fetched, kept until shortly before their end, and renewed once where refused."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, Protocol
from weakref import WeakValueDictionary

import httpx
import structlog

from core.ports.store import Store
from core.store import connections
from core.store.tables import Connection
from parley import Failure
from plugins.host.egress.guarded_http import SECRETS
from plugins.host.oauth import endpoint
from plugins.host.oauth.flow import FLOW, OAuthClient, OAuthError, OAuthSource, SignInNeeded, Tokens

log = structlog.get_logger()

SIGN_IN = "parley.sign_in"
"""The extension of a request that wants a token: for whom (a person's id), and "must" or "may"."""

LOOKS, PAUSE = 60, 0.25
"""How often to look whether another process has got new tokens, and the seconds between two looks."""

SPENT = ("invalid_grant", "invalid_token", "unauthorized_client")
"""What servers call a refresh token that they no longer take."""


class TokenSource(Protocol):
    """Gives the access token for calls in a person's name."""

    async def token(self, person_id: str) -> str:
        """A token that should hold. Raises SignInNeeded, Failure."""
        ...

    async def renewed(self, person_id: str, refused: str) -> str:
        """Another token in place of one that the service refuses. Raises SignInNeeded, Failure."""
        ...


def token_source(source: OAuthSource, client: OAuthClient, http: httpx.AsyncClient, store: Store) -> TokenSource:
    """Where the tokens for a plugin's calls come from."""
    if source.grant == "client":
        return OperatorTokens(source, client, http)
    return PersonTokens(source, client, http, store)


class Bearer(httpx.Auth):
    """Puts a token into the requests that ask for one (RFC 6750, 2.1); one that is refused is renewed once."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The request with its token, and once more with another one where the answer is 401."""
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
    """Put a token into a request, and tell the client that it is a secret."""
    request.headers["Authorization"] = f"Bearer {token}"
    request.extensions = {**request.extensions, SECRETS: (*request.extensions.get(SECRETS, ()), token)}


def wants_token(request: httpx.Request, person_id: str, need: str) -> httpx.Request:
    """The request, marked for `Bearer`."""
    request.extensions = {**request.extensions, SIGN_IN: (person_id, need)}
    return request


def token_in(response: httpx.Response) -> str:
    """The token that a request was sent with, to be kept out of what is shown of its answer."""
    return str(response.request.headers.get("Authorization", "")).removeprefix("Bearer ")


class OperatorTokens:
    """One token for all, in the operator's own name (client credentials). It is kept in memory alone."""

    def __init__(self, source: OAuthSource, client: OAuthClient, http: httpx.AsyncClient) -> None:
        self._source, self._client, self._http = source, client, http
        self._tokens: Tokens | None = None
        self._working = asyncio.Lock()

    async def token(self, person_id: str) -> str:
        """The token, fetched where there is none that holds."""
        async with self._working:
            if self._tokens is None or not self._tokens.fresh:
                await self._fetch()
            assert self._tokens
            return self._tokens.access

    async def renewed(self, person_id: str, refused: str) -> str:
        """Another token; the one that another call has fetched meanwhile, if one has."""
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
        """The person's token, refreshed where its end is near."""
        return await self._finished(self._unless(person_id, lambda found: _held(found).fresh))

    async def renewed(self, person_id: str, refused: str) -> str:
        """Another token; the one that another call has fetched meanwhile, if one has."""
        return await self._finished(self._unless(person_id, lambda found: found.access != refused))

    async def _unless(self, person_id: str, good: Callable[[Connection], bool]) -> str:
        """The token that there is, else a new one."""
        async with self._one_at_a_time(person_id):
            found = await self._connection(person_id)
            return found.access if good(found) else await self._refresh(found)

    async def _finished(self, work: Coroutine[Any, Any, str]) -> str:
        """Do something to its end, also where the call that needs it is given up meanwhile.

        A refresh token is worth nothing once it was sent: who then forgot the answer would have lost the account.
        """
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._end)
        return await asyncio.shield(task)

    def _end(self, task: "asyncio.Task[str]") -> None:
        self._under_way.discard(task)
        error = None if task.cancelled() else task.exception()
        if error and not isinstance(error, SignInNeeded):
            log.info("no_token", plugin=self._client.plugin, error=repr(error)[:300])

    def _one_at_a_time(self, person_id: str) -> asyncio.Lock:
        # A server that rotates refresh tokens takes the second use of one for theft, and revokes all.
        return self._working.setdefault(person_id, asyncio.Lock())

    async def _connection(self, person_id: str) -> Connection:
        found = await self._store.read(lambda session: connections.find(session, person_id, self._client.plugin))
        if found is None or not self._source.accepts(FLOW.validate_python(found.flow)):
            raise SignInNeeded(self._client.plugin)
        return found

    async def _refresh(self, before: Connection) -> str:
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

    async def _of_another(self, before: Connection) -> str:
        """The token that another process is getting."""
        for _ in range(LOOKS):
            await asyncio.sleep(PAUSE)
            found = await self._connection(before.person_id)
            if found.access != before.access:
                return found.access
        raise Failure(f"{self._client.plugin}: no new token came; try again in a minute")

    async def _lost(self, before: Connection) -> str:
        """The tokens are of no use any more: the person must sign in anew, unless another process has new ones."""
        found = await self._connection(before.person_id)
        if found.access != before.access:
            return found.access
        await self._store.write(lambda session: connections.disconnect_revoked(session, before))
        raise SignInNeeded(self._client.plugin)


def _held(found: Connection) -> Tokens:
    return Tokens(found.access, found.refresh, found.expires_at)
