"""Commands, buttons, selects and forms that people use, on their way to the core."""

from dataclasses import dataclass, field, replace
from typing import Any

import discord
import structlog

from bots.discord import receive
from bots.discord.commands import CommandRegistration
from bots.discord.intake import EventIntake
from bots.discord.interactions import PendingInteraction
from bots.discord.open_interactions import OpenInteractions
from bots.discord.places import PlaceDirectory
from bots.discord.refusals import PASSING
from bots.discord.render import choices
from bots.discord.rest import LONGEST, within
from bots.shared.background import BackgroundTasks
from core.errors import StoreError
from core.messages import Place
from core.ports.surface import SurfaceRecords

log = structlog.get_logger()


@dataclass(slots=True)
class InteractionEvents:
    """Takes interactions, and keeps those `open` that the core is working on.

    That is None if other processes work on them: then we only ask for more time, if need be.
    """

    intake: EventIntake
    places: PlaceDirectory
    commands: CommandRegistration
    records: SurfaceRecords
    open: OpenInteractions | None
    _background: BackgroundTasks = field(default_factory=BackgroundTasks)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Handle a command, button, select or form, or somebody typing an option."""
        if interaction.type is discord.InteractionType.autocomplete:
            await self._complete(interaction)
            return
        place = await self._place(interaction)
        event = receive.interaction(interaction, place, self.commands.labels)
        if event is None:
            return
        if brought_along(interaction):
            # What they may do in that server counts for nothing in a community of their own.
            event = replace(event, user=replace(event.user, admin=False, roles=frozenset()))
        if self.open is None:
            await self.intake.handle(event)
            # If it is answered by then, Discord says so, and nothing happens.
            self._background.start(PendingInteraction(interaction).ask_for_time())
            return
        if event.key in self.open:
            # Delivered again while we are still working on it.
            return
        pending = PendingInteraction(interaction)
        self.open.add(event.key, pending)
        try:
            await self.intake.handle(event)
        except StoreError:
            # It was not committed, so it is not confirmed either: the person sees that it failed, and can try again.
            self.open.drop(event.key)
            raise
        if event.key in self.open:
            pending.begin()

    async def _complete(self, interaction: discord.Interaction) -> None:
        data: dict[str, Any] = dict(interaction.data or {})
        option = next((option for option in data.get("options", ()) if option.get("focused")), None)
        found = self.records.complete(data["name"], option["name"], str(option.get("value", ""))) if option else ()
        try:
            async with within(LONGEST):
                await interaction.response.autocomplete(choices(found))
        except (*PASSING, discord.HTTPException) as error:
            log.debug("too_late_to_complete", error=error)

    async def _place(self, interaction: discord.Interaction) -> Place:
        if brought_along(interaction):
            return receive.own_place(interaction.channel_id or 0, interaction.user.id)
        if interaction.guild_id is None:
            return receive.direct_place(interaction.channel_id or 0, interaction.user.id)
        if isinstance(interaction.channel, discord.Thread):
            return receive.place_in(interaction.guild_id, interaction.channel.parent_id, interaction.channel.id)
        return await self.places.in_guild(interaction.guild_id, interaction.channel_id or 0)


def brought_along(interaction: discord.Interaction) -> bool:
    """Return whether somebody who has installed us for themselves uses us where nobody has added us."""
    with_us = interaction.is_guild_integration() or (interaction.guild_id is None and interaction.context.dm_channel)
    return interaction.is_user_integration() and not with_us
