"""The interactions in progress. All that is needed to answer one is in its event, in whichever process."""

from dataclasses import dataclass, field
from typing import Any

import discord

from bots.discord.channel_messages import channel_of
from bots.discord.interactions import PendingInteraction
from bots.discord.receive import INTERACTION
from core.messages import AnyEvent, Press, Submission

COMMAND, COMPONENT, FORM = 2, 3, 5
"""The types of interactions that we answer."""


@dataclass(slots=True)
class OpenInteractions:
    """The interactions that the core is working on, by the key of their event."""

    client: discord.Client
    _open: dict[str, PendingInteraction] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self._open

    def add(self, key: str, one: PendingInteraction) -> None:
        """Add one that is now in progress, and forget those that can no longer be answered."""
        for old in [old for old, known in self._open.items() if known.expired]:
            del self._open[old]
        self._open[key] = one

    def of(self, event: AnyEvent) -> PendingInteraction | None:
        """Return the interaction that an event came from, whichever process received it; None if there was none."""
        if known := self._open.get(event.key):
            return known
        made = made_from(self.client, event)
        if made:
            self.add(event.key, made)
        return made

    def drop(self, key: str) -> None:
        """Forget an interaction."""
        self._open.pop(key, None)


def made_from(client: discord.Client, event: AnyEvent) -> PendingInteraction | None:
    """Return the interaction that an event came from; None if it did not come from one.

    A message that a command stands for may have come from any type of interaction. It is answered like a command.
    """
    if not (event.ticket and event.key.startswith(INTERACTION)):
        return None
    kind = COMPONENT if isinstance(event, Press) else FORM if isinstance(event, Submission) else COMMAND
    known: Any = {
        "id": event.key.removeprefix(INTERACTION),
        "application_id": client.application_id or 0,
        "type": kind,
        "token": event.ticket,
        "version": 1,
        "attachment_size_limit": 0,
    }
    made: discord.Interaction[discord.Client] = discord.Interaction(data=known, state=client._connection)
    channel = client.get_partial_messageable(int(channel_of(event.place)))
    # The library needs of both only their ids.
    made.channel = channel  # type: ignore[assignment]
    if isinstance(event, Press | Submission) and event.id:
        made.message = channel.get_partial_message(int(event.id))  # type: ignore[assignment]
    return PendingInteraction(made, shared=True)
