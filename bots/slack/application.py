"""The Bolt application: it verifies what comes from Slack and passes it to the receiver before acknowledging it."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from time import time
from typing import Any

import structlog
from cachetools import TTLCache
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bots.slack.envelopes import unreadable_event
from bots.slack.events import SlackEvents
from bots.slack.interactions import SlackInteractions
from bots.slack.logger import library_logger
from bots.slack.manifest import SCOPES
from bots.slack.receive import Payload
from bots.slack.workspaces import InstalledWorkspace, WorkspaceDirectory, web_client
from core.errors import ParleyError, StoreError
from core.foreign_code import ForeignFault, guarded
from core.ports.surface import SurfaceStorage

log = structlog.get_logger()

ANY = re.compile("")
HEARD = ("message", "app_mention", "reaction_added", "reaction_removed", "assistant_thread_started", "app_home_opened")
REMOVED = ("app_uninstalled", "tokens_revoked")
STATE_LASTS = 600.0
"""Seconds allowed between the first page of an installation and its last."""
MOST_STATES = 1000
"""The most installations that we remember to have ended."""

Take = Callable[[Payload, InstalledWorkspace], Awaitable[None]]


def application(
    workspaces: WorkspaceDirectory,
    events: SlackEvents,
    interactions: SlackInteractions,
    keep: SurfaceStorage,
    signing_secret: str,
) -> AsyncApp:
    """Create the app. An event is acknowledged once it is committed; if the database fails, Slack sends it again."""

    app = AsyncApp(
        # Without a name, Bolt looks for its caller's file through the source of every module that is loaded.
        name="parley",
        logger=library_logger(),
        signing_secret=signing_secret or None,
        authorize=partial(_authorized, workspaces),
        client=web_client(None, workspaces.base_url, workspaces.session, workspaces.longest),
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
        raise_error_for_unhandled_request=True,
        # It would also take somebody's deletion of an answer for an event of ours. `SlackEvents` knows its own.
        ignoring_self_events_enabled=False,
    )

    def passed_to(take: Take) -> Callable[..., Awaitable[None]]:
        async def listener(body: dict[str, Any], context: AsyncBoltContext, ack: Callable[[], Awaitable[None]]) -> None:
            try:
                with guarded(ParleyError):
                    workspace = await workspaces.known(context.team_id, context.enterprise_id)
                    if workspace:
                        await take(body, workspace)
            except ForeignFault as fault:
                # What we cannot read is kept for the operator, and acknowledged.
                await keep.put_aside(unreadable_event(body, fault.cause))
            await ack()

        return listener

    async def removed(body: Payload, workspace: InstalledWorkspace) -> None:
        gone = body["event"]
        if gone["type"] == "app_uninstalled" or gone.get("tokens", {}).get("bot"):
            await workspaces.remove(workspace.team)

    for kind in (*HEARD, *REMOVED):
        app.event(kind)(passed_to(removed if kind in REMOVED else events.event))
    app.command(ANY)(passed_to(interactions.command))
    app.shortcut(ANY)(passed_to(interactions.shortcut))
    app.action(ANY)(passed_to(interactions.action))
    app.view(ANY)(passed_to(interactions.view))
    app.error(failing(keep))
    return app


def failing(keep: SurfaceStorage) -> Callable[..., Awaitable[BoltResponse]]:
    """Return what answers Slack after an error that has left a listener, or when there is no listener."""

    async def failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
        try:
            if isinstance(error, BoltUnhandledRequestError):
                # Of a kind that we have not asked for, or whose kind cannot be read: it would come again and again.
                await keep.put_aside(unreadable_event(body, error))
                return BoltResponse(status=200)
            raise error
        except StoreError as uncommitted:
            log.error("not_committed", error=uncommitted)
            return BoltResponse(status=503)
        except ParleyError as refused:
            # Trying again would give the same error.
            log.error("event_not_understood", error=refused)
            return BoltResponse(status=200)

    return failed


async def _authorized(workspaces: WorkspaceDirectory, enterprise_id: str | None, team_id: str | None) -> Any:
    workspace = await workspaces.known(team_id, enterprise_id)
    if workspace is None:
        return None
    return AuthorizeResult(
        enterprise_id=enterprise_id,
        team_id=team_id,
        bot_user_id=workspace.user,
        bot_id=workspace.bot,
        bot_token=workspace.token,
    )


def installations(
    workspaces: WorkspaceDirectory, client_id: str, client_secret: str, public_url: str, authorization_url: str
) -> AsyncOAuthFlow:
    """Create the pages through which other workspaces install the app (Slack's OAuth, version 2)."""
    return AsyncOAuthFlow(
        client=web_client(None, workspaces.base_url, workspaces.session, workspaces.longest),
        logger=library_logger(),
        settings=AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=list(SCOPES),
            user_scopes=[],
            redirect_uri=f"{public_url.rstrip('/')}/slack/oauth_redirect",
            authorization_url=authorization_url or None,
            installation_store=workspaces,
            state_store=InstallationStates(client_secret),
            logger=library_logger(),
        ),
    )


@dataclass(slots=True)
class InstallationStates(AsyncOAuthStateStore):
    """Links the last page of an installation to its first, whichever of our processes shows each.

    A state is the time at which it ends, and a signature over that, made with a `secret` of ours. Bolt compares it with
    the browser's cookie, too, so it is good in one browser only.
    """

    secret: str
    clock: Callable[[], float] = time
    _used: TTLCache[str, bool] = field(init=False)

    def __post_init__(self) -> None:
        self._used = TTLCache(MOST_STATES, STATE_LASTS, self.clock)

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """Return a new state, valid once and for ten minutes."""
        begun = f"{int(self.clock() + STATE_LASTS)}.{secrets.token_urlsafe(16)}"
        return f"{begun}.{self._signature(begun)}"

    async def async_consume(self, state: str) -> bool:
        """Return whether the state is one of ours and still valid."""
        begun, _, signature = state.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(begun).encode()) or state in self._used:
            return False
        self._used[state] = True
        return self.clock() < int(begun.partition(".")[0])

    def _signature(self, begun: str) -> str:
        return hmac.new(self.secret.encode(), f"installation {begun}".encode(), hashlib.sha256).hexdigest()
