"""Requests to an authorisation server: getting tokens for a code, a refresh token or ourselves, and revoking them.

RFC 6749 (4.1.3, 4.4, 5, 6) and RFC 7009. No request follows a redirect, because it carries secrets.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx

from core.store.tables import now
from plugins.host.oauth.flow import LONGEST_TOKEN, OAuthClient, OAuthError, OAuthFlow, OAuthTokens

LONGEST_LIFE = 400 * 24 * 3600
"""The longest lifetime, in seconds, that we believe a token has."""

LONGEST_NAME = 80
NAMES = ("preferred_username", "email", "name", "nickname", "login", "username")
"""The fields in which a server says who somebody is, the most telling first (OpenID Connect Core 5.1, and usage)."""

CODE = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]{1,60}")
"""The form of a server's code for an error (RFC 6749, 5.2)."""

UNPRINTABLE = re.compile(r"[^\w .@+_'’-]|(?<!\w)@")
"""Characters that no name needs, and an "@" that would mention somebody."""


async def exchanged(
    http: httpx.AsyncClient, flow: OAuthFlow, client: OAuthClient, code: str, redirect: str, verifier: str
) -> OAuthTokens:
    """Return the tokens for the code that a person has come back with. Raises Failure."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    answer = await _asked(http, flow, client, form)
    tokens = _tokens(answer)
    return replace(tokens, account=await _account(http, flow, answer, tokens.access))


async def refreshed(http: httpx.AsyncClient, flow: OAuthFlow, client: OAuthClient, refresh: str) -> OAuthTokens:
    """Return new tokens for a refresh token. The old refresh token stays good if no new one comes. Raises Failure."""
    tokens = _tokens(await _asked(http, flow, client, {"grant_type": "refresh_token", "refresh_token": refresh}))
    return replace(tokens, refresh=tokens.refresh or refresh)


async def granted(http: httpx.AsyncClient, flow: OAuthFlow, client: OAuthClient) -> OAuthTokens:
    """Return a token in the operator's own name. Raises Failure."""
    form = {"grant_type": "client_credentials"}
    if flow.scopes:
        form["scope"] = " ".join(flow.scopes)
    return _tokens(await _asked(http, flow, client, form))


async def revoked(http: httpx.AsyncClient, flow: OAuthFlow, client: OAuthClient, tokens: OAuthTokens) -> None:
    """Tell the server that tokens are no longer used, if it has an endpoint for that. Raises Failure."""
    if not flow.revocation:
        return
    hints = (("refresh_token", tokens.refresh), ("access_token", tokens.access))
    for hint, token in hints:
        if token:
            form, headers = _proven(flow, client, {"token": token, "token_type_hint": hint})
            response = await http.post(flow.revocation, data=form, headers=headers, follow_redirects=False)
            if response.status_code >= 400:
                raise OAuthError(f"{response.url.host} answers {response.status_code} to a revocation")


async def _asked(
    http: httpx.AsyncClient, flow: OAuthFlow, client: OAuthClient, form: Mapping[str, str]
) -> Mapping[str, Any]:
    asked = {**form, **({"resource": flow.resource} if flow.resource else {})}
    body, headers = _proven(flow, client, asked)
    response = await http.post(flow.token, data=body, headers=headers, follow_redirects=False)
    host = response.url.host
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, Mapping):
        raise OAuthError(f"{host} answers {response.status_code} with no JSON to a request for a token")
    # Some servers report an error with a success status.
    if response.status_code != 200 or "error" in answer:
        code = str(answer.get("error") or "")
        code = code if CODE.fullmatch(code) else ""
        raise OAuthError(f"{host} gives no token ({code or response.status_code})", code)
    return answer


def _proven(flow: OAuthFlow, client: OAuthClient, form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return a form and headers that say who we are (RFC 6749, 2.3.1)."""
    client, headers = client.known(), {"Accept": "application/json"}
    if not client.secret:
        return {**form, "client_id": client.id}, headers
    if flow.methods and "client_secret_basic" not in flow.methods and "client_secret_post" in flow.methods:
        return {**form, "client_id": client.id, "client_secret": client.secret}, headers
    pair = f"{quote(client.id, safe='')}:{quote(client.secret, safe='')}"
    return dict(form), {**headers, "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _tokens(answer: Mapping[str, Any]) -> OAuthTokens:
    access, refresh = answer.get("access_token"), answer.get("refresh_token")
    if not isinstance(access, str) or not _sendable(access):
        raise OAuthError("the authorisation server gives something that is no token")
    if str(answer.get("token_type", "bearer")).lower() != "bearer":
        raise OAuthError("the authorisation server gives a token that is no bearer token")
    kept = refresh if isinstance(refresh, str) and _sendable(refresh) else ""
    try:
        seconds = float(answer.get("expires_in") or 0)
    except (TypeError, ValueError):
        seconds = 0
    # A value that is not a positive finite number of seconds says nothing about when the token expires.
    expires = now() + timedelta(seconds=min(seconds, LONGEST_LIFE)) if seconds > 0 else None
    return OAuthTokens(access, kept, expires)


def _sendable(token: str) -> bool:
    return 0 < len(token) <= LONGEST_TOKEN and token.isascii() and token.isprintable() and " " not in token


async def _account(http: httpx.AsyncClient, flow: OAuthFlow, answer: Mapping[str, Any], access: str) -> str:
    """Return the person's name at the service, empty if the service does not tell it."""
    if named := name_in(_claims(answer.get("id_token"))):
        return named
    if not flow.userinfo:
        return ""
    headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
    response = await http.get(flow.userinfo, headers=headers, follow_redirects=False)
    try:
        return name_in(json.loads(response.content)) if response.status_code == 200 else ""
    except (ValueError, RecursionError):
        return ""


def _claims(id_token: Any) -> Any:
    """Return the claims of an ID token.

    The token came by TLS from the server itself, which vouches for it (OpenID Connect 3.1.3.7).
    """
    try:
        middle = str(id_token).split(".")[1]
        return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, IndexError, RecursionError):
        return None


def name_in(told: Any) -> str:
    """Return a name to show people, without anything that a chat could take for more than a name."""
    if not isinstance(told, Mapping):
        return ""
    found = (told[key] for key in NAMES if isinstance(told.get(key), str) and told[key].strip())
    words = " ".join(next(found, "").split())
    return UNPRINTABLE.sub("", words)[:LONGEST_NAME].strip()
