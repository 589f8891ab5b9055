"""Interactions: Discord wants a first answer within three seconds, and accepts more for fifteen minutes."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import discord
import structlog

from bots.discord.refusals import GONE, PASSING
from bots.discord.render import NOBODY, content, files, modal, view
from bots.discord.rest import LONGEST, within
from core.errors import UserError
from core.messages import Form, Reply

log = structlog.get_logger()

PATIENCE = 1.5
"""Seconds after which we ask for more time. Discord allows three in all, and the request has to travel."""

LIFE = 14 * 60
"""Seconds for which an interaction can be answered: fifteen minutes, less a margin."""

Client = discord.Client


@dataclass(slots=True)
class PendingInteraction:
    """An interaction in progress, and how far it has been answered.

    Only the person who started it sees the answer. `own` means that the first answer is a new message and not the
    message whose button was pressed. `longest` is how many seconds a call may take.
    """

    interaction: discord.Interaction[Client]
    longest: float = LONGEST
    replied: bool = False
    own: bool = False
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _timer: "asyncio.Task[None] | None" = None

    @property
    def expired(self) -> bool:
        """Whether Discord no longer accepts an answer."""
        return (datetime.now(UTC) - self.interaction.created_at).total_seconds() > LIFE

    def begin(self) -> None:
        """Start the timer that asks for more time; called once the event is committed, so the person need not wait."""
        self._timer = asyncio.create_task(self._ask_for_time())

    async def tell(self, reply: Reply) -> str:
        """Answer with a notice. Returns the id of its message, or empty if the person can no longer be reached."""
        async with self._one:
            try:
                return await self._tell(reply)
            except discord.HTTPException as error:
                if error.code not in GONE:
                    raise
                log.info("interaction_gone", code=error.code)
                return ""

    async def open(self, form: Form) -> None:
        """Answer with a form, which Discord accepts only as the first answer. Raises UserError if it is too late."""
        async with self._one:
            if self.interaction.response.is_done():
                raise UserError("form-late")
            shown = modal(form)
            try:
                async with within(self.longest):
                    await self.interaction.response.send_modal(shown)
            except discord.HTTPException as error:
                if error.code not in GONE:
                    raise
                raise UserError("form-late") from error
            self.replied = True

    async def end(self) -> None:
        """Finish the interaction, so that the person's client stops waiting."""
        if self._timer:
            self._timer.cancel()
        async with self._one:
            try:
                if not self.interaction.response.is_done():
                    await self._defer()
                if self.own and not self.replied:
                    async with within(self.longest):
                        await self.interaction.delete_original_response()
            except discord.HTTPException as error:
                if error.code not in GONE:
                    raise
            self.replied = True

    async def _ask_for_time(self) -> None:
        await asyncio.sleep(PATIENCE)
        async with self._one:
            if self.interaction.response.is_done():
                return
            try:
                await self._defer()
            except (*PASSING, discord.HTTPException) as error:
                log.warning("interaction_not_deferred", error=error)

    async def _defer(self) -> None:
        on_message = self.interaction.message is not None
        # A button press is confirmed invisibly; a command shows that person alone that we are working on it.
        async with within(self.longest):
            await self.interaction.response.defer(ephemeral=True, thinking=not on_message)
        self.own = not on_message

    async def _tell(self, reply: Reply) -> str:
        # Rendered first: a fault in that is ours, and not one of Discord's answer.
        response, first = self.interaction.response, not self.replied
        shown, parts, sent = content(reply), view(reply), files(reply)
        in_place = first and reply.replaces is not None and self.interaction.message is not None
        self.replied = True
        if not response.is_done() and in_place:
            async with within(self.longest):
                await response.edit_message(content=shown, view=parts, allowed_mentions=NOBODY)
            return reply.replaces or ""
        if not response.is_done():
            async with within(self.longest):
                answered = await response.send_message(
                    shown,
                    view=parts or discord.utils.MISSING,
                    files=sent,
                    ephemeral=True,
                    allowed_mentions=NOBODY,
                    suppress_embeds=True,
                )
            return str(answered.message_id or "")
        if in_place or (first and self.own):
            async with within(self.longest):
                edited = await self.interaction.edit_original_response(
                    content=shown, view=parts, attachments=sent, allowed_mentions=NOBODY
                )
            return str(edited.id)
        async with within(self.longest):
            more = await self.interaction.followup.send(
                shown,
                view=parts or discord.utils.MISSING,
                files=sent,
                ephemeral=True,
                wait=True,
                allowed_mentions=NOBODY,
                suppress_embeds=True,
            )
        return str(more.id)


def begin_interaction(
    pending: dict[str, PendingInteraction], key: str, interaction: discord.Interaction[Client]
) -> PendingInteraction:
    """Add an interaction that is now in progress, and forget those that can no longer be answered."""
    for old in [old for old, known in pending.items() if known.expired]:
        del pending[old]
    pending[key] = PendingInteraction(interaction)
    return pending[key]


async def tell_late(client: Client, ticket: str, reply: Reply) -> str:
    """Answer an interaction of an earlier process by its token. Returns the message's id, or empty if it is too late.

    If that process did not confirm the interaction in time, Discord has forgotten it and told the person that it
    failed.
    """
    door = discord.Webhook.partial(client.application_id or 0, ticket, client=client)
    shown, parts, sent_files = content(reply), view(reply) or discord.utils.MISSING, files(reply)
    try:
        async with within(LONGEST):
            sent = await door.send(
                shown,
                view=parts,
                files=sent_files,
                ephemeral=True,
                wait=True,
                allowed_mentions=NOBODY,
                suppress_embeds=True,
            )
    except discord.HTTPException as error:
        if error.code not in GONE:
            raise
        return ""
    return str(sent.id)
