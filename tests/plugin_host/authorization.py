"""An authorisation server on loopback that keeps to the protocol, and a calendar that wants its tokens.

RFC 6749, 7636 (S256 alone), 7009, 8414, 9207. Refresh tokens rotate; a second use of a code or a refresh token revokes
everything that came of it (RFC 9700, 2.1.1 and 4.14).
"""

import asyncio
import base64
import hashlib
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

CLIENT, SECRET = "parley:client", "s3cret/with+signs"
REDIRECT = "http://127.0.0.1:8080/oauth/callback"


@dataclass(slots=True)
class Grant:
    """A person's consent; `access` and `refresh` are the tokens that are valid now."""

    account: str
    scope: str
    resource: str
    redirect: str = ""
    challenge: str = ""
    code: str = ""
    access: str = ""
    refresh: str = ""
    spent: set[str] = field(default_factory=set)
    """Codes and refresh tokens that were used."""


class AuthorizationServer:
    """The server. `asked` are the kinds of token requests that came; `lifetime` is what it says of a token's life.

    While there is a `hold` that is not set, token requests wait, and `held` says that one does.
    """

    def __init__(self) -> None:
        self.url = ""
        self.grants: list[Grant] = []
        self.asked: list[str] = []
        self.events: list[str] = []
        self.lifetime: Any = 3600
        self.rotates = True
        self.denies = self.failing = False
        self.methods = ["client_secret_basic"]
        self.hold: asyncio.Event | None = None
        self.held = asyncio.Event()
        self.told: dict[str, Any] = {}

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/oauth-authorization-server", self._metadata),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/revoke", self._revoke, methods=["POST"]),
                Route("/userinfo", self._userinfo),
                Route("/events", self._events),
                Route("/events", self._events, methods=["POST"]),
                Route("/open", self._open),
            ]
        )

    async def sign_in(self, link: str, account: str) -> dict[str, str]:
        """Open a link in a browser and agree as somebody; returns what comes back to us."""
        # On loopback nothing is encrypted, and reading certificates takes a while.
        async with httpx.AsyncClient(verify=False, trust_env=False) as browser:
            answer = await browser.get(link, headers={"x-account": account})
        assert answer.status_code == 302, answer.text
        assert answer.headers["location"].startswith(REDIRECT)
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    def holder(self, token: str) -> Grant | None:
        """The owner of a token, None if it is not valid."""
        return next((grant for grant in self.grants if token and grant.access == token), None)

    def of(self, account: str) -> Grant:
        """The newest grant of an account."""
        return next(grant for grant in reversed(self.grants) if grant.account == account)

    async def _metadata(self, request: Request) -> Response:
        found = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "revocation_endpoint": f"{self.url}/revoke",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": self.methods,
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse({**found, **self.told})

    async def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        if asked["client_id"] != CLIENT or asked["redirect_uri"] != REDIRECT or asked["response_type"] != "code":
            return Response("wrong client", 400)
        back = {"state": asked["state"], "iss": self.url}
        if self.denies:
            return RedirectResponse(f"{REDIRECT}?{urlencode({**back, 'error': 'access_denied'})}", 302)
        if asked["code_challenge_method"] != "S256" or len(asked["code_challenge"]) != 43:
            return RedirectResponse(f"{REDIRECT}?{urlencode({**back, 'error': 'invalid_request'})}", 302)
        grant = Grant(request.headers["x-account"], asked.get("scope", ""), asked.get("resource", ""))
        grant.redirect, grant.challenge, grant.code = REDIRECT, asked["code_challenge"], secrets.token_urlsafe(16)
        self.grants.append(grant)
        return RedirectResponse(f"{REDIRECT}?{urlencode({**back, 'code': grant.code})}", 302)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._is_ours(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        if self.failing:
            return JSONResponse({"error": "temporarily_unavailable"}, 503)
        self.asked.append(form["grant_type"])
        if self.hold:
            self.held.set()
            await self.hold.wait()
        match form["grant_type"]:
            case "authorization_code":
                return self._for_code(form)
            case "refresh_token":
                return self._for_refresh(form)
            case "client_credentials":
                grant = Grant("the operator", form.get("scope", ""), form.get("resource", ""))
                self.grants.append(grant)
                return self._given(grant, renewable=False)
        return JSONResponse({"error": "unsupported_grant_type"}, 400)

    def _for_code(self, form: Mapping[str, str]) -> Response:
        for grant in self.grants:
            if form["code"] in grant.spent:
                grant.access = grant.refresh = ""
            elif grant.code == form["code"]:
                digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
                proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
                if (proof, form.get("redirect_uri"), form.get("resource", "")) != (
                    grant.challenge,
                    grant.redirect,
                    grant.resource,
                ):
                    break
                grant.spent.add(grant.code)
                return self._given(grant)
        return JSONResponse({"error": "invalid_grant"}, 400)

    def _for_refresh(self, form: Mapping[str, str]) -> Response:
        for grant in self.grants:
            if form["refresh_token"] in grant.spent:
                grant.access = grant.refresh = ""
            elif grant.refresh and grant.refresh == form["refresh_token"]:
                if self.rotates:
                    grant.spent.add(grant.refresh)
                return self._given(grant, renewable=self.rotates)
        return JSONResponse({"error": "invalid_grant"}, 400)

    def _given(self, grant: Grant, *, renewable: bool = True) -> Response:
        grant.access = secrets.token_urlsafe(24)
        answer = {"access_token": grant.access, "token_type": "Bearer", "expires_in": self.lifetime}
        if renewable:
            grant.refresh = secrets.token_urlsafe(24)
            answer["refresh_token"] = grant.refresh
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    def _is_ours(self, request: Request, form: Mapping[str, str]) -> bool:
        if self.methods == ["client_secret_post"]:
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        kind, _, coded = request.headers.get("authorization", "").partition(" ")
        if kind != "Basic":
            return False
        name, _, secret = base64.b64decode(coded).decode().partition(":")
        return (unquote(name), unquote(secret)) == (CLIENT, SECRET)

    async def _revoke(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._is_ours(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        for grant in self.grants:
            if form["token"] in (grant.access, grant.refresh):
                grant.access = grant.refresh = ""
        # A token that is unknown is as good as revoked (RFC 7009, 2.2).
        return Response()

    async def _userinfo(self, request: Request) -> Response:
        grant = self._caller(request)
        return JSONResponse({"email": grant.account}) if grant else self._unknown()

    async def _events(self, request: Request) -> Response:
        """The calendar: whose it is, and what was sent. It repeats the token, as careless services do in errors."""
        grant = self._caller(request)
        if grant is None:
            return self._unknown(request.headers.get("authorization", ""))
        if request.method == "POST":
            self.events.append(f"{grant.account}: {(await request.json())['title']}")
        return JSONResponse({"calendar of": grant.account, "seen": request.headers["authorization"]})

    async def _open(self, request: Request) -> Response:
        return JSONResponse({"for": "everybody", "authorization": request.headers.get("authorization", "none")})

    def _caller(self, request: Request) -> Grant | None:
        return self.holder(request.headers.get("authorization", "").removeprefix("Bearer "))

    def _unknown(self, seen: str = "") -> Response:
        return JSONResponse({"error": "invalid_token", "seen": seen}, 401, {"www-authenticate": "Bearer"})


class Server(uvicorn.Server):
    """A server inside a test, which leaves signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve an application on loopback; gives its address."""
    server = Server(uvicorn.Config(app, port=port, log_config=None, lifespan="auto", ws="none"))
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(10):
            await server.up.wait()
        host, bound = server.servers[0].sockets[0].getsockname()
        yield f"http://{host}:{bound}"
    finally:
        server.should_exit = True
        await serving


def calendar(url: str, flows: Mapping[str, Any]) -> dict[str, Any]:
    """The description of the calendar."""
    login = [{"login": ["events.read"]}]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Calendar", "version": "1"},
        "servers": [{"url": url}],
        "paths": {
            "/events": {
                "get": {"operationId": "events", "summary": "What is in my calendar", "security": login},
                "post": {
                    "operationId": "add",
                    "summary": "Add an event",
                    "security": [{"login": ["events.write"]}],
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"title": {"type": "string"}},
                                    "required": ["title"],
                                }
                            }
                        },
                    },
                },
            },
            "/open": {"get": {"operationId": "open", "security": [{}, {"login": []}]}},
        },
        "components": {"securitySchemes": {"login": {"type": "oauth2", "flows": flows}}},
    }


def by_person(url: str) -> dict[str, Any]:
    """The flow in which people sign in."""
    return {"authorizationCode": {"authorizationUrl": f"{url}/authorize", "tokenUrl": f"{url}/token", "scopes": {}}}


def by_operator(url: str) -> dict[str, Any]:
    """The flow in which the operator does."""
    return {"clientCredentials": {"tokenUrl": f"{url}/token", "scopes": {}}}
