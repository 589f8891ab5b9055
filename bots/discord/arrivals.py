"""Servers that somebody adds us to."""

from dataclasses import dataclass

import discord
import structlog

from bots.discord import receive
from bots.discord.commands import CommandRegistration
from bots.discord.intake import EventIntake
from bots.discord.refusals import PASSING
from bots.discord.rest import understood
from core.messages import Arrival, Place, User

log = structlog.get_logger()

LOOKED_AT = 10
"""How many additions in a server's audit log we look through for our own: others may add bots, too."""


@dataclass(slots=True)
class ServerArrivals:
    """Takes the news that we are in a new server."""

    client: discord.Client
    intake: EventIntake
    commands: CommandRegistration

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Handle a new server. The time of joining makes the key: the news may come again after an interruption."""
        at = guild.me.joined_at or discord.utils.utcnow()
        event = Arrival(
            key=f"discord:joined:{guild.id}:{at.timestamp():.0f}",
            place=_spot(guild),
            user=await self._adder(guild),
            at=at,
            name=guild.name,
        )
        await self.intake.commit(event)
        # If we were here before, Discord has forgotten them since.
        await self.commands.register_in(guild.id, anew=True)

    async def _adder(self, guild: discord.Guild) -> User:
        """Return who added us, as far as we may read that; otherwise the owner of the server."""
        language = receive.language_of(guild)
        owner = User(str(guild.owner_id or ""), "", language)
        if not guild.me.guild_permissions.view_audit_log:
            return owner
        try:
            with understood():
                async for entry in guild.audit_logs(action=discord.AuditLogAction.bot_add, limit=LOOKED_AT):
                    if entry.user and entry.target and entry.target.id == guild.me.id:
                        return receive.author(entry.user, language)
        except (*PASSING, discord.HTTPException) as error:
            log.info("adder_not_known", error=error)
        return owner


def _spot(guild: discord.Guild) -> Place:
    """Return a channel for the welcome: the system channel, or else the first one that we may write in."""
    found = (channel for channel in (guild.system_channel, *guild.text_channels) if channel)
    open_to_us = (channel for channel in found if channel.permissions_for(guild.me).send_messages)
    channel = next(open_to_us, None)
    return Place(receive.PLATFORM, str(guild.id), str(channel.id) if channel else "")
