"""Puts aside an event of Discord that cannot be read, so that the connection stays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from bots.shared.background import BackgroundTasks
from bots.shared.unreadable import unreadable
from core.errors import StoreError
from core.foreign_code import ForeignFault, guarded
from core.ports.surface import SurfaceStorage, UnreadableItem

log = structlog.get_logger()

NEEDED = frozenset({"READY", "RESUMED"})
"""Events without which there is no session: if one cannot be read, we have to connect again."""

HIDDEN = frozenset({"token"})
"""Fields with which others could act in our name; they are not kept."""

LONGEST = 2000


@dataclass(slots=True)
class UnreadableEvents:
    """Puts aside what the library or our listeners cannot read. Discord will not deliver it again."""

    keep: SurfaceStorage
    _background: BackgroundTasks = field(default_factory=BackgroundTasks)

    def guard(self, parsers: dict[str, Callable[[Any], None]]) -> None:
        """Keep the library's parsers from raising: an error in one of them would end the connection of its shard."""
        for name, parser in parsers.items():
            if name not in NEEDED:
                parsers[name] = partial(self._parse, name, parser)

    async def failed(self, name: str, arguments: tuple[Any, ...], error: BaseException) -> None:
        """Put aside what a listener could not deal with."""
        payload = [raw_of(argument) for argument in arguments]
        key = next((getattr(one, "id", None) or getattr(one, "message_id", None) for one in arguments), None)
        await self._put(unreadable(name, key, payload, error))

    def _parse(self, name: str, parser: Callable[[Any], None], given: Any) -> None:
        try:
            with guarded():
                parser(given)
        except ForeignFault as fault:
            key = given.get("id") or given.get("message_id") if isinstance(given, Mapping) else None
            self._background.start(self._put(unreadable(name, key, without_secrets(given), fault.cause)))

    async def _put(self, item: UnreadableItem) -> None:
        try:
            await self.keep.put_aside(item)
        except StoreError as error:
            log.error("not_put_aside", kind=item.kind, key=item.key, reason=item.reason, error=error)


def raw_of(argument: Any) -> Any:
    """The data that an object of the library was made from; if it has none, its description without content."""
    raw = getattr(argument, "data", None)
    if isinstance(raw, Mapping):
        return without_secrets(raw)
    try:
        # An object that was read only in part may not even be able to say what it is.
        with guarded():
            return ascii(argument)[:LONGEST]
    except ForeignFault:
        return type(argument).__name__


def without_secrets(given: Any) -> Any:
    """A payload without the fields that must not be kept."""
    return {name: value for name, value in given.items() if name not in HIDDEN} if isinstance(given, Mapping) else given
