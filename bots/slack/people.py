"""Looking up people: Slack's events name them only by their ids."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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

GROUPS_COUNT = 3600.0
"""Seconds for which being in a group still counts if Slack does not say any more who is in it: long enough for an
outage, and no longer, since somebody may have been taken out of it."""

PATIENCE = 2.0
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


@dataclass(frozen=True, slots=True)
class KnownGroups:
    """The user groups of a workspace as Slack named them last, when that was, and when we last asked."""

    groups: Sequence[UserGroup] = ()
    read_at: float = float("-inf")
    asked_at: float = float("-inf")


@dataclass(slots=True)
class WorkspacePeople:
    """Asks Slack about people and remembers the answers.

    What cannot be learnt in time is left out, and asked again the next time.
    """

    workspaces: WorkspaceDirectory
    clock: Callable[[], float] = monotonic
    _known: LRUCache[tuple[str, str], KnownPerson] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _direct: LRUCache[tuple[str, str], str] = field(default_factory=lambda: LRUCache(REMEMBERED))
    _groups: dict[str, KnownGroups] = field(default_factory=dict)

    async def of(self, team: str, user_id: str, *, exact: bool = False) -> User:
        """Return a person; with `exact`, the information on whether they are an admin is at most a minute old.

        If Slack does not say so any more, they are none, and `admin_unknown`: the right may have been taken away
        meanwhile.
        """
        lasts = POWER_LASTS if exact else NAME_LASTS
        known, groups = await asyncio.gather(self._look_up(team, user_id, lasts), self.groups(team))
        counts = self.clock() < self._groups[team].read_at + GROUPS_COUNT
        roles = frozenset(group.id for group in groups if counts and user_id in group.members)
        if known is None:
            return User(user_id, user_id, "", roles=roles, admin_unknown=True)
        fresh = self.clock() < known.at + lasts
        return User(user_id, known.name, known.language, known.admin and fresh, roles, admin_unknown=not fresh)

    async def names(self, team: str, ids: Iterable[str]) -> Mapping[str, str]:
        """Return the names of those people whose names could be learnt."""
        found = {id: await self._look_up(team, id, NAME_LASTS) for id in dict.fromkeys(ids)}
        return {id: known.name for id, known in found.items() if known}

    async def is_bot(self, team: str, user_id: str) -> bool:
        """Return whether an account is an app's, as far as we could learn it."""
        known = await self._look_up(team, user_id, NAME_LASTS)
        return known is not None and known.bot

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
        now = self.clock()
        known = self._groups.get(team, KnownGroups())
        if now < known.asked_at + GROUPS_LAST and not fresh:
            return known.groups
        self._groups[team] = replace(known, asked_at=now)
        try:
            async with asyncio.timeout(PATIENCE):
                answer: Any = await self.workspaces.client(team).usergroups_list(include_users=True)
            found = [
                UserGroup(group["id"], group["handle"], frozenset(group.get("users", ())))
                for group in answer["usergroups"]
            ]
        except (*FAILURES, *SHAPES) as error:
            log.info("groups_not_known", error=type(error).__name__)
            return known.groups
        self._groups[team] = KnownGroups(found, now, now)
        return found

    async def choices(self, team: str, reply: Reply) -> Sequence[tuple[str, str]]:
        """Return the user groups to choose from in a reply's selects of roles, as pairs of id and handle."""
        if not any(select.kind == "role" for select in reply.selects):
            return ()
        return [(group.id, f"@{group.handle}") for group in await self.groups(team)]

    def handle(self, group_id: str) -> str:
        """Return a group's handle as far as we remember it; otherwise its id."""
        groups = [group for known in self._groups.values() for group in known.groups]
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
