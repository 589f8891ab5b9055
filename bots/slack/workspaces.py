"""The workspaces that have us: each with a token, from the settings or from an installation in our database."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp
import structlog
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.replies import CheckedWebClient
from core.errors import SecretUnreadable, StoreError
from core.ports.surface import SurfaceStorage

log = structlog.get_logger()

INDEX = "workspaces"
TIMEOUT = 30.0
"""The longest that a call may take, in seconds."""


@dataclass(frozen=True, slots=True)
class InstalledWorkspace:
    """A workspace by its id, or an organisation that has installed us for all its workspaces.

    `user` and `bot` are Slack's two ids for us there; `url` is the base of links to its messages.
    """

    team: str
    name: str
    token: str = field(repr=False)
    user: str
    bot: str
    url: str = ""


def web_client(
    token: str | None, base_url: str, session: aiohttp.ClientSession | None = None, longest: float = TIMEOUT
) -> AsyncWebClient:
    """Create a client of Slack's Web API. It never repeats a request by itself, or a message could arrive twice.

    A call may take `longest` seconds; with a `session`, its own limit counts.
    """
    address: dict[str, Any] = {"base_url": base_url} if base_url else {}
    return CheckedWebClient(token, session=session, timeout=longest, retry_handlers=[], **address)  # type: ignore[arg-type]


async def _unheard(workspace: InstalledWorkspace, user_id: str) -> None:
    """Tell nobody of an installation."""


class WorkspaceDirectory(AsyncInstallationStore):
    """Holds all workspaces, with a client for each. Bolt's installation flow adds new ones.

    `installed` is told of each new one, and who installed us there.
    """

    def __init__(self, base_url: str, keep: SurfaceStorage, longest: float = TIMEOUT) -> None:
        self.base_url = base_url
        self.longest = longest
        self.session: aiohttp.ClientSession | None = None
        self._keep = keep
        self._known: dict[str, InstalledWorkspace] = {}
        self._unreadable: list[str] = []
        self._clients: dict[str, AsyncWebClient] = {}
        self.installed: Callable[[InstalledWorkspace, str], Awaitable[None]] = _unheard

    async def open(self, token: str) -> None:
        """Learn which workspaces there are: the one that the token belongs to, if there is one, and the installed ones.

        Raises SlackApiError if Slack does not accept the token.
        """
        self.session = self.session or aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.longest))
        self._unreadable = []
        for team in json.loads(await self._keep.recall(INDEX) or "[]"):
            try:
                kept = await self._keep.recall_secret(self._name(team))
            except SecretUnreadable as error:
                fix = "put its key back, or let somebody install the app there again"
                log.error("workspace_unreadable", workspace=team, error=error, fix=fix)
                self._unreadable.append(team)
                continue
            if kept:
                self._known[team] = InstalledWorkspace(**json.loads(kept))
        if token:
            workspace = await self._asked(token)
            self._known[workspace.team] = workspace

    async def close(self) -> None:
        """Close the connections."""
        if self.session:
            await self.session.close()

    @property
    def all(self) -> list[InstalledWorkspace]:
        """Return every workspace, in the order in which they were added."""
        return list(self._known.values())

    def find(self, team: str | None, enterprise: str | None = None) -> InstalledWorkspace | None:
        """Return a workspace by its id, or else the organisation's installation; None if we are not installed."""
        return self._known.get(team or "") or self._known.get(enterprise or "")

    def client(self, team: str) -> AsyncWebClient:
        """Return a workspace's client; if the workspace no longer has us, every call of the client is refused."""
        workspace = self.find(team)
        token = workspace.token if workspace else "xoxb-gone"
        known = self._clients.get(team)
        if known is None or known.token != token:
            known = self._clients[team] = web_client(token, self.base_url, self.session, self.longest)
        return known

    async def async_save(self, installation: Installation) -> None:
        """Save an installation; Bolt calls this when somebody has agreed to one."""
        token = installation.bot_token or ""
        team = installation.team_id or installation.enterprise_id or ""
        asked = await self._asked(token)
        workspace = InstalledWorkspace(
            team, installation.team_name or asked.name, token, asked.user or "", asked.bot or "", asked.url
        )
        self._known[team] = workspace
        self._unreadable = [other for other in self._unreadable if other != team]
        await self._keep.remember_secret(self._name(team), json.dumps(asdict(workspace)))
        await self._note()
        log.info("workspace_installed", workspace=team)
        try:
            await self.installed(workspace, installation.user_id)
        except StoreError as error:
            # The installation counts, with or without a welcome.
            log.warning("installation_untold", workspace=team, error=error)

    async def remove(self, team: str) -> None:
        """Forget a workspace that has removed us; its token is no longer valid."""
        if self._known.pop(team, None):
            await self._keep.remember(self._name(team), "")
            await self._note()
            log.info("workspace_removed", workspace=team)

    async def _note(self) -> None:
        await self._keep.remember(INDEX, json.dumps([*self._known, *self._unreadable]))

    async def _asked(self, token: str) -> InstalledWorkspace:
        found: Any = await web_client(token, self.base_url, self.session, self.longest).auth_test()
        team = found["team_id"] or found.get("enterprise_id") or ""
        return InstalledWorkspace(team, found["team"], token, found["user_id"], found.get("bot_id") or "", found["url"])

    @staticmethod
    def _name(team: str) -> str:
        return f"workspace:{team}"
