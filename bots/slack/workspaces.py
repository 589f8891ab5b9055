"""The workspaces that have us: each with a token, from the settings or from an installation in our database."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.shared.last_check import Check, last_checks
from bots.slack.logger import library_logger
from bots.slack.refusals import WRONG_TOKENS, code_of
from bots.slack.replies import CheckedWebClient
from core.errors import SecretUnreadable, StoreError
from core.ports.surface import SurfaceStorage

log = structlog.get_logger()

INDEX = "workspaces"
GONE = "xoxb-gone"
"""Stands for the token of a workspace that has us no more."""

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
    return CheckedWebClient(token, **_arguments(base_url, session, longest))


def _arguments(base_url: str, session: aiohttp.ClientSession | None, longest: float) -> dict[str, Any]:
    """How the library makes each of our clients."""
    address = {"base_url": base_url} if base_url else {}
    return {"session": session, "timeout": longest, "retry_handlers": [], "logger": library_logger(), **address}


class WorkspaceClient(CheckedWebClient):
    """A workspace's client, which asks with the token that the workspace has now.

    Somebody may have installed us there in another process; if the workspace has us no more, every call is refused.
    """

    def __init__(self, directory: "WorkspaceDirectory", team: str) -> None:
        super().__init__(None, **_arguments(directory.base_url, directory.session, directory.longest))
        self._directory = directory
        self._team = team

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        """Call a method of the Web API; once more if Slack does not know the token and there is a newer one."""
        workspace = await self._directory.known(self._team)
        asked = self.token = workspace.token if workspace else GONE
        try:
            return await super().api_call(api_method, **given)
        except SlackApiError as error:
            if code_of(error) not in WRONG_TOKENS:
                raise
            workspace = await self._directory.look_up(self._team)
            if workspace is None or workspace.token == asked:
                raise
            self.token = workspace.token
            return await super().api_call(api_method, **given)


async def _unheard(workspace: InstalledWorkspace, user_id: str) -> None:
    """Tell nobody of an installation."""


class WorkspaceDirectory(AsyncInstallationStore):
    """Holds all workspaces, with a client for each. Bolt's installation flow adds new ones.

    `check` is made just before each request. `installed` is told of each new one, and who installed us there.
    """

    def __init__(
        self, base_url: str, keep: SurfaceStorage, longest: float = TIMEOUT, check: Check | None = None
    ) -> None:
        self.base_url = base_url
        self.longest = longest
        self._check = check
        self.session: aiohttp.ClientSession | None = None
        self._keep = keep
        self._known: dict[str, InstalledWorkspace] = {}
        self._own = ""
        self._clients: dict[str, WorkspaceClient] = {}
        self.installed: Callable[[InstalledWorkspace, str], Awaitable[None]] = _unheard

    async def open(self, token: str) -> None:
        """Learn which workspaces there are: the one that the token belongs to, if there is one, and the installed ones.

        Raises SlackApiError if Slack does not accept the token.
        """
        self.session = self.session or aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.longest), trace_configs=list(last_checks(self._check))
        )
        await self.look_up_all()
        if token:
            workspace = await self._asked(token)
            self._own = workspace.team
            self._known[workspace.team] = workspace

    async def look_up_all(self) -> None:
        """Learn where we are installed, also by other processes. Raises StoreError."""
        for team in json.loads(await self._keep.recall(INDEX) or "[]"):
            await self.look_up(team)

    async def look_up(self, team: str) -> InstalledWorkspace | None:
        """Look a workspace up in the database, and return it; None if we are not installed there. Raises StoreError."""
        if team == self._own:
            return self._known.get(team)
        try:
            kept = await self._keep.recall_secret(self._name(team))
        except SecretUnreadable as error:
            fix = "put its key back, or let somebody install the app there again"
            log.error("workspace_unreadable", workspace=team, error=error, fix=fix)
            return None
        if not kept:
            self._known.pop(team, None)
            return None
        self._known[team] = InstalledWorkspace(**json.loads(kept))
        return self._known[team]

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

    async def known(self, team: str | None, enterprise: str | None = None) -> InstalledWorkspace | None:
        """Return the same, also if another process has been installed there just now. Raises StoreError."""
        if found := self.find(team, enterprise):
            return found
        return (await self.look_up(team) if team else None) or (await self.look_up(enterprise) if enterprise else None)

    def client(self, team: str) -> AsyncWebClient:
        """Return a workspace's client; if the workspace no longer has us, every call of the client is refused."""
        if team not in self._clients:
            self._clients[team] = WorkspaceClient(self, team)
        return self._clients[team]

    async def async_save(self, installation: Installation) -> None:
        """Save an installation; Bolt calls this when somebody has agreed to one."""
        token = installation.bot_token or ""
        team = installation.team_id or installation.enterprise_id or ""
        asked = await self._asked(token)
        workspace = InstalledWorkspace(
            team, installation.team_name or asked.name, token, asked.user or "", asked.bot or "", asked.url
        )
        self._known[team] = workspace
        await self._keep.remember_secret(self._name(team), json.dumps(asdict(workspace)))
        await self._keep.change(INDEX, lambda kept: json.dumps([*_others(kept, team), team]))
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
            await self._keep.change(INDEX, lambda kept: json.dumps(_others(kept, team)))
            log.info("workspace_removed", workspace=team)

    async def _asked(self, token: str) -> InstalledWorkspace:
        found: Any = await web_client(token, self.base_url, self.session, self.longest).auth_test()
        team = found["team_id"] or found.get("enterprise_id") or ""
        return InstalledWorkspace(team, found["team"], token, found["user_id"], found.get("bot_id") or "", found["url"])

    @staticmethod
    def _name(team: str) -> str:
        return f"workspace:{team}"


def _others(kept: str, team: str) -> list[str]:
    """Return the workspaces that are listed besides one."""
    return [other for other in json.loads(kept or "[]") if other != team]
