"""Checks over REST whether all that the bot needs is set up at Discord: the token, the intent, the servers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bots.shared.setup import PlatformUnreached, WrongToken

API = "https://discord.com/api/v10"
PORTAL = "https://discord.com/developers/applications"
INVITE = "https://discord.com/oauth2/authorize"
PATIENCE = 10.0

CONTENT = 1 << 18 | 1 << 19
"""The application's flags for the message-content intent: one for verified bots, one for others.

From Discord's documentation.
"""

PERMISSIONS: Mapping[str, int] = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
    "Create Public Threads": 1 << 35,
    "Send Messages in Threads": 1 << 38,
}
"""All the permissions that the bot needs, by the names that Discord shows."""

ADMINISTRATOR = 1 << 3


@dataclass(frozen=True, slots=True)
class JoinedServer:
    """A server that the bot is in, and the permissions that it lacks there."""

    name: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DiscordApplication:
    """The application behind a token. `content` says whether it may read messages that do not mention it."""

    id: str
    name: str
    content: bool
    servers: tuple[JoinedServer, ...]

    @property
    def invite(self) -> str:
        """The link that adds the bot to a server, with exactly the permissions that it needs."""
        return f"{INVITE}?client_id={self.id}&scope=bot+applications.commands&permissions={needed()}"


def needed() -> int:
    """Return the permissions as the number that Discord uses."""
    return sum(PERMISSIONS.values())


def lacking(permissions: int) -> tuple[str, ...]:
    """Return the names of the permissions that are missing."""
    if permissions & ADMINISTRATOR:
        return ()
    return tuple(name for name, bit in PERMISSIONS.items() if not permissions & bit)


async def examine(token: str, api_base: str = "") -> DiscordApplication:
    """Ask Discord about the bot with this token. Raises WrongToken, or PlatformUnreached with the reason."""
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (parley, 1)"}
    async with httpx.AsyncClient(
        base_url=(api_base or API).rstrip("/"), headers=headers, timeout=PATIENCE, trust_env=not api_base
    ) as client:
        application = await _get(client, "/applications/@me")
        servers = await _get(client, "/users/@me/guilds")
    found = tuple(JoinedServer(str(server["name"]), lacking(int(server["permissions"]))) for server in servers)
    return DiscordApplication(
        str(application["id"]), str(application["name"]), bool(application["flags"] & CONTENT), found
    )


async def _get(client: httpx.AsyncClient, path: str) -> Any:
    try:
        answer = await client.get(path)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PlatformUnreached(f"{client.base_url}: {type(error).__name__}") from None
    if answer.status_code == 401:
        raise WrongToken
    if answer.status_code != 200:
        raise PlatformUnreached(f"{client.base_url}: status {answer.status_code}")
    try:
        return answer.json()
    except ValueError:
        raise PlatformUnreached(f"{client.base_url}: no JSON came back") from None
