"""Looking up people: Slack's events name them only by their ids."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import structlog
from cachetools import LRUCache

from bots.shared.failures import SHAPES
from bots.slack.refusals import FAILURES
from bots.slack.workspaces import WorkspaceDirectory
from core.messages import Reply, User

log = structlog.get_logger()

NAME_LASTS, POWER_LASTS, GROUPS_LAST = 600.0, 60.0, 300.0
"""Seconds for which we trust a name, whether somebody is an admin, and who is in which group."""

PATIENCE = 1.0
"""Seconds that we wait for Slack to tell us; it wants its own answer within three."""

REMEMBERED = 5000


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What Slack said about somebody, and when, on the clock of `WorkspacePeople`."""

    name: str
    language: str
    admin: bool
    bot: bool
    at: float


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group of a workspace."""

    id: str
    handle: str
    members: frozenset[str]


@dataclass(slots=True)
class WorkspacePeople:
    """Asks Slack about people and remembers the answers.

    What cannot be learnt in time is left out, and asked again the next time.
    """

    workspaces: WorkspaceDirectory
    clock: Callable[[], float] = monotonic
    _known: LRUCache[tuple[str, str], KnownPerson] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _direct: LRUCache[tuple[str, str], str] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _groups: dict[str, tuple[float, Sequence[UserGroup]]] = field(default_factory=dict)

    async def of(self, team: str, user_id: str, *, exact: bool = False) -> User:
        """Return a person; with `exact`, the information on whether they are an admin is at most a minute old.

        If Slack does not say so any more, they are none: the right may have been taken away meanwhile.
        """
        known = await self._look_up(team, user_id, POWER_LASTS if exact else NAME_LASTS)
        roles = frozenset(group.id for group in await self.groups(team) if user_id in group.members)
        if known is None:
            return User(user_id, user_id, "", roles=roles)
        admin = known.admin and self.clock() < known.at + (POWER_LASTS if exact else NAME_LASTS)
        return User(user_id, known.name, known.language, admin, roles)

    async def names(self, team: str, ids: Iterable[str]) -> Mapping[str, str]:
        """Return the names of those people whose names could be learnt."""
        found = {id: await self._look_up(team, id, NAME_LASTS) for id in dict.fromkeys(ids)}
        return {id: known.name for id, known in found.items() if known}

    async def direct(self, team: str, user_id: str) -> str:
        """Return the channel of our direct messages with somebody; empty if there can be none."""
        key = (team, user_id)
        if key not in self._direct:
            try:
                answer: Any = await self.workspaces.client(team).conversations_open(users=[user_id])
            except FAILURES as error:
                log.info("no_direct_messages", error=error)
                return ""
            self._direct[key] = str(answer["channel"].get("id") or "")
        return self._direct[key]

    async def groups(self, team: str, *, fresh: bool = False) -> Sequence[UserGroup]:
        """Return the user groups of a workspace; empty if its plan has none, or we may not see them.

        With `fresh`, Slack is asked again, so that a group that was made just now is among them.
        """
        at, known = self._groups.get(team, (0.0, ()))
        if self.clock() < at and not fresh:
            return known
        self._groups[team] = (self.clock() + GROUPS_LAST, known)
        try:
            async with asyncio.timeout(PATIENCE):
                answer: Any = await self.workspaces.client(team).usergroups_list(include_users=True)
            found = [
                UserGroup(group["id"], group["handle"], frozenset(group.get("users", ())))
                for group in answer["usergroups"]
            ]
        except (*FAILURES, *SHAPES) as error:
            log.info("groups_not_known", error=type(error).__name__)
            return known
        self._groups[team] = (self.clock() + GROUPS_LAST, found)
        return found

    async def choices(self, team: str, reply: Reply) -> Sequence[tuple[str, str]]:
        """Return the user groups to choose from in a reply's selects of roles, as pairs of id and handle."""
        if not any(select.kind == "role" for select in reply.selects):
            return ()
        return [(group.id, f"@{group.handle}") for group in await self.groups(team)]

    def handle(self, group_id: str) -> str:
        """Return a group's handle as far as we remember it; otherwise its id."""
        groups = [group for _, known in self._groups.values() for group in known]
        return next((group.handle for group in groups if group.id == group_id), group_id)

    async def _look_up(self, team: str, user_id: str, lasts: float) -> KnownPerson | None:
        key = (team, user_id)
        known = self._known.get(key)
        if known and self.clock() < known.at + lasts:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                answer: Any = await self.workspaces.client(team).users_info(user=user_id, include_locale=True)
            self._known[key] = read_person(user_id, answer["user"], self.clock())
        except (*FAILURES, *SHAPES) as error:
            log.info("person_not_known", error=type(error).__name__)
            return known
        return self._known[key]


def read_person(user_id: str, user: Mapping[str, Any], at: float) -> KnownPerson:
    """Read Slack's description of somebody, as of a time. Raises one of SHAPES if it has an unexpected shape."""
    profile = user.get("profile", {})
    name = str(profile.get("display_name") or user.get("real_name") or user.get("name") or user_id)
    admin = bool(user.get("is_admin") or user.get("is_owner"))
    return KnownPerson(name, str(user.get("locale") or ""), admin, bool(user.get("is_bot")), at)
