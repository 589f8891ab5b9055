"""The contexts of calls that are under way: a plugin's process knows each by an id, and names it in its requests."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from parley import Context, wire
from plugins.host.sandbox.secrets import placeholder


@dataclass(frozen=True, slots=True)
class LentContexts:
    """The contexts by their calls' ids."""

    by_call: dict[str, Context] = field(default_factory=dict)

    @contextmanager
    def lend(self, context: Context) -> Iterator[Mapping[str, Any]]:
        """Register a context for the duration of a call, and yield what is sent to the plugin about it."""
        call = uuid4().hex
        self.by_call[call] = context
        try:
            yield {
                wire.META: {
                    "call": call,
                    "config": dict(context.config),
                    "secrets": {name: placeholder(call, name) for name in context.secrets},
                    "language": context.language,
                    "user_name": context.user_name,
                    "user_id": context.user_id,
                    "key": context.key,
                }
            }
        finally:
            del self.by_call[call]
