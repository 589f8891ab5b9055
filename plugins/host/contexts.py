"""The context that a plugin's function gets for one call: made for the place and person, limited to its manifest."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
from sqlmodel import Session, col, select

from core.community_settings import CommunitySettingsStore
from core.delivery.outbox import announce
from core.errors import UnreachableError, UserError
from core.messages import Place, Reply, User
from core.outside_text import cleaned, storable
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import identities, plugins
from core.store.tables import MessageRow
from parley import Context, Due, Failure, Manifest, PluginError, Said
from parley.powers import restricted
from plugins.host.call_origin import CallOrigin
from plugins.host.recorded_calls import call_row
from plugins.host.storage import USUAL_ROOM, PlaceStorage, PlaceTexts, StorageQuota

Planned = Callable[[str, datetime], None]
"""Called when a call is planned, with its id and when it is due."""

MOST_CALLS, MOST_POSTS, LONGEST_POST, MOST_HISTORY = 500, 20, 8000, 50
LARGEST_CALL, LONGEST_FUNCTION = 16 * 1024, 100
"""The most characters of a planned call's values as JSON, and of the name of its function."""

LEAST_DISTANCE = timedelta(seconds=30)
"""How far ahead a scheduled call plans at least: one that planned itself for now would run without a pause."""


def context(
    asker: CallOrigin,
    manifest: Manifest,
    http: httpx.AsyncClient,
    store: Store,
    chat: Chat | None,
    config: dict[str, Any],
    secrets: dict[str, str],
    planned: Planned = lambda call_id, due: None,
    room: StorageQuota = USUAL_ROOM,
    turn: asyncio.Lock | None = None,
) -> Context:
    """The context of one call; `planned` is told about calls for later.

    `turn` is shared by the plugin's calls, which store texts one after the other.
    """
    name = manifest.name
    made = Context(
        http=http,
        storage=PlaceStorage(store, name, asker.place, room),
        texts=PlaceTexts(store, name, asker.place, room, turn or asyncio.Lock()),
        schedule=PlaceSchedule(store, name, asker, planned),
        chat=PlaceVoice(store, name, asker, chat),
        config=config,
        secrets=secrets,
        language=asker.user.language or "en",
        user_name=asker.user.name,
        user_id=asker.person_id,
        key=asker.key,
    )
    return restricted(made, manifest)


@dataclass(frozen=True, slots=True)
class PlaceSchedule:
    """Implements the plugin API's `Schedule`."""

    store: Store
    plugin: str
    asker: CallOrigin
    planned: Planned
    most: int = MOST_CALLS
    _numbers: "count[int]" = field(default_factory=count)

    async def at(self, when: datetime, function: str, **values: Any) -> str:
        """Plan a call; a scheduled call plans for `LEAST_DISTANCE` from now at the earliest.

        Raises PluginError if the time has no zone, the call is too large, or there are too many.
        """
        if when.tzinfo is None:
            raise PluginError("a time needs its zone: datetime.now(UTC), or a zoneinfo.ZoneInfo")
        check_call(self.plugin, function, values)
        due = when.astimezone(UTC)
        if self.asker.cause is None:
            due = max(due, datetime.now(UTC) + LEAST_DISTANCE)
        # If the same call is made again after a crash, it plans the same call and not a second one.
        source = f"{self.plugin}:{self.asker.key}:{next(self._numbers)}"
        call_id = hashlib.sha256(source.encode()).hexdigest()[:32]

        def unit(session: Session) -> bool:
            community_id = identities.community(session, self.asker.place)
            if plugins.take_call(session, call_id):
                return True
            plugins.hold(session, community_id)
            if plugins.count_calls(session, community_id, self.plugin) >= self.most:
                return False
            call = call_row(community_id, self.asker, self.plugin, function, values, call_id, due)
            plugins.call_later(session, call)
            return True

        if not await self.store.write(unit):
            raise PluginError(f"{self.plugin} has {self.most} calls to come here already; cancel some first")
        self.planned(call_id, due)
        return call_id

    async def cancel(self, id: str) -> bool:
        """Cancel a planned call. Returns whether it was still to come."""

        def unit(session: Session) -> bool:
            call = plugins.take_call(session, storable(id))
            here = identities.known_community(session, self.asker.place)
            ours = call is not None and (call.plugin, call.community_id) == (self.plugin, here)
            return ours and plugins.drop_call(session, id)

        return await self.store.write(unit)

    async def due(self) -> list[Due]:
        """The calls that are still to come, the next one first."""

        def unit(session: Session) -> list[Due]:
            community_id = identities.known_community(session, self.asker.place)
            rows = plugins.calls_of(session, community_id, self.plugin) if community_id else ()
            return [Due(row.id, row.function, row.due, row.values, row.person_id) for row in rows if row.due]

        return await self.store.read(unit)


@dataclass(frozen=True, slots=True)
class PlaceVoice:
    """Implements the plugin API's `Chat`. Posts go through the outbox, so a repeated call posts nothing twice."""

    store: Store
    plugin: str
    asker: CallOrigin
    chat: Chat | None
    _numbers: "count[int]" = field(default_factory=count)

    async def post(self, text: str, *, notify: bool = False) -> None:
        """Post a message where the plugin was called. Raises PluginError if that is impossible.

        With `notify`, the platform tells the person for whom it was called, if others are there, too.
        """
        await self._post(self.asker.place, text, self.asker.user if notify and not self.asker.place.private else None)

    async def log(self, text: str) -> None:
        """Tell the community's admins, if they have a log channel."""
        settings = await CommunitySettingsStore(self.store).settings(self.asker.place)
        if settings.log_channel:
            place = replace(self.asker.place, channel=settings.log_channel, thread="", private=False)
            await self._post(place, f"**{self.plugin}**: {text}")

    async def history(self, limit: int = 1) -> Sequence[Said]:
        """The last messages of the conversation, oldest first."""

        def unit(session: Session) -> list[Said]:
            conversation = identities.known_conversation(session, self.asker.place)
            if conversation is None:
                return []
            newest = (
                select(MessageRow)
                .where(MessageRow.conversation_id == conversation.id, col(MessageRow.deleted).is_(False))
                .order_by(col(MessageRow.id).desc())
                .limit(max(1, min(int(limit), MOST_HISTORY)))
            )
            rows = session.exec(newest).all()
            return [Said("assistant" if row.role == "assistant" else "prompter", row.text) for row in reversed(rows)]

        return await self.store.read(unit)

    async def _post(self, place: Place, text: str, notifies: User | None = None) -> None:
        if self.chat is None or not place.channel:
            raise PluginError(f"{self.plugin} has nowhere to post")
        number = next(self._numbers)
        if number >= MOST_POSTS:
            raise PluginError(f"{self.plugin} has said {MOST_POSTS} things at once, and may say no more")
        key, reply = f"{self.asker.key}#{self.plugin}{number}", Reply(cleaned(text[:LONGEST_POST]), notifies=notifies)
        try:
            # A reminder is rather read twice than missed.
            await announce(self.store, self.chat, place, reply, key, until_sent=True)
        except UserError as error:
            raise PluginError(f"it may not be said there ({error.key})") from None
        except UnreachableError:
            raise Failure(f"{place.platform} cannot be reached") from None


def check_call(plugin: str, function: str, values: Mapping[str, Any]) -> None:
    """Check a call for later. Raises PluginError if it is too large to be stored, or if JSON cannot hold it."""
    try:
        size = len(json.dumps(values, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise PluginError(f"{plugin}: the values of a call for later must be what JSON can hold") from None
    if function != storable(function):
        raise PluginError(f"{plugin}: the name of a function has no NUL and no half a character in it")
    if size > LARGEST_CALL or len(function) > LONGEST_FUNCTION:
        raise PluginError(f"{plugin}: a call for later has at most {LARGEST_CALL} characters of values as JSON")
