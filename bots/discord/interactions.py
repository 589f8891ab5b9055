"""Interactions: Discord wants a first answer within three seconds, and accepts more for fifteen minutes."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import discord
import structlog

from bots.discord.refusals import ACKNOWLEDGED, GONE, PASSING, UNKNOWN
from bots.discord.render import NOBODY, RenderedMessage, modal
from bots.discord.reply_pieces import ReplyPieces
from bots.discord.rest import LONGEST, readable, within
from core.errors import EditRefused, MessageGone, UserError
from core.messages import Form, Reply

log = structlog.get_logger()

PATIENCE = 1.5
"""Seconds after which we ask for more time. Discord allows three in all, and the request has to travel."""

LIFE = 14 * 60
"""Seconds for which an interaction can be answered: fifteen minutes, less a margin."""

DISMISSED = 10008
"""Discord's error code for a message that is not there."""

Client = discord.Client


@dataclass(slots=True)
class PendingInteraction:
    """An interaction in progress, and how far it has been answered.

    Only the person who started it sees the answer. `own` means that the first answer is a new message and not the
    message whose button was pressed. `longest` is how many seconds a call may take. `acknowledged` means that Discord
    has a first answer of ours, although it may not have been able to confirm it. `shared` means that another process
    received the interaction, and may have answered it.
    """

    interaction: discord.Interaction[Client]
    longest: float = LONGEST
    shared: bool = False
    replied: bool = False
    own: bool | None = None
    acknowledged: bool = False
    _there: discord.Message | None = None
    _pieces: ReplyPieces = field(default_factory=ReplyPieces)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _timer: "asyncio.Task[None] | None" = None

    @property
    def expired(self) -> bool:
        """Whether Discord no longer accepts an answer."""
        return (datetime.now(UTC) - self.interaction.created_at).total_seconds() > LIFE

    def begin(self) -> None:
        """Start the timer that asks for more time; called once the event is committed, so the person need not wait."""
        self._timer = asyncio.create_task(self.ask_for_time())

    async def tell(self, reply: Reply) -> str | None:
        """Answer with a notice. Returns the id of its message, or None if the interaction takes no answer any more."""
        async with self._one:
            try:
                return await self._tell(reply)
            except discord.HTTPException as error:
                if error.code not in GONE:
                    raise
                log.info("interaction_gone", code=error.code)
                return None

    async def change(self, message_id: str, reply: Reply) -> None:
        """Change a notice that this interaction was answered with, as `change` does."""
        async with self._one:
            await change(self.interaction.followup, self._pieces, message_id, reply, self.longest)

    async def open(self, form: Form) -> None:
        """Answer with a form, which Discord accepts only as the first answer. Raises UserError if it is too late."""
        async with self._one:
            if self.is_acknowledged():
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
                await self.acknowledge()
                if self.own and not self.replied:
                    async with within(self.longest):
                        await self.interaction.delete_original_response()
            except discord.HTTPException as error:
                if error.code not in GONE:
                    raise
            self.replied = True

    async def ask_for_time(self) -> None:
        """Ask for more time in a while, unless there is a first answer by then."""
        await asyncio.sleep(PATIENCE)
        async with self._one:
            try:
                await self.acknowledge()
            except (*PASSING, discord.HTTPException) as error:
                log.warning("interaction_not_deferred", error=error)

    def is_acknowledged(self) -> bool:
        """Return whether Discord has a first answer, as far as we know."""
        return self.acknowledged or self.interaction.response.is_done()

    async def acknowledge(self) -> None:
        """Ask for more time, unless there is a first answer."""
        if self.is_acknowledged():
            return
        on_message = self.interaction.message is not None
        self.own = not on_message if self.own is None else self.own
        try:
            # A button press is confirmed invisibly; a command shows that person alone that we are working on it.
            await readable(self.interaction.response.defer(ephemeral=True, thinking=not on_message), self.longest)
        except discord.HTTPException as error:
            await self._lost(error)

    async def _lost(self, error: discord.HTTPException) -> None:
        """Note that there is a first answer: an earlier one of ours whose confirmation was lost, or, if the interaction
        is shared, another process's. Raises any other error.
        """
        # After three seconds, Discord may no longer know an interaction as one to be answered first.
        if error.code != ACKNOWLEDGED and not (self.shared and error.code == UNKNOWN):
            raise error
        if self.shared:
            await self._look()
        self.acknowledged = True

    async def _look(self) -> None:
        """See what stands there as the first answer: a sign to wait, a notice, or the message whose button was pressed.

        Raises discord.HTTPException if Discord takes no answer any more.
        """
        try:
            self._there = await readable(self.interaction.original_response(), self.longest)
        except discord.HTTPException as error:
            if error.code != DISMISSED:
                raise
            self.own = self.replied = True
            return
        pressed = self.interaction.message
        self.own = pressed is None or pressed.id != self._there.id
        self.replied = self.own and not self._there.flags.loading

    async def _tell(self, reply: Reply) -> str:
        replaced = reply.replaces if not self.replied and self.interaction.message is not None else None
        return await self._pieces.post(
            reply, lambda one, number: self._follow(one) if number else self._show(one, replaced)
        )

    async def _show(self, one: RenderedMessage, replaced: str | None) -> str:
        """Show the first message of a reply, in place of another one if there is one to replace."""
        shown = None if self.is_acknowledged() else await self._show_first(one, replaced)
        if shown is None:
            shown = await self._show_more(one, replaced)
        self.replied = True
        return shown

    async def _show_first(self, one: RenderedMessage, replaced: str | None) -> str | None:
        """Show it as the first answer. Returns None if there is one already."""
        response = self.interaction.response
        try:
            if replaced is not None:
                edited = response.edit_message(content=one.content, view=one.view, allowed_mentions=NOBODY)
                await readable(edited, self.longest)
                return replaced
            self.own = True if self.own is None else self.own
            answered = await readable(response.send_message(**_personal(one)), self.longest)
            return str(answered.message_id or "")
        except discord.HTTPException as error:
            await self._lost(error)
            return None

    async def _show_more(self, one: RenderedMessage, replaced: str | None) -> str:
        if self._there and self.replied and self._there.content.strip() == one.content.strip():
            # A process that is gone has shown it, or its confirmation was lost.
            return str(self._there.id)
        if self.replied or (replaced is None and not self.own):
            return await self._follow(one)
        edited = await readable(
            self.interaction.edit_original_response(
                content=one.content, view=one.view, attachments=one.files, allowed_mentions=NOBODY
            ),
            self.longest,
        )
        return str(edited.id)

    async def _follow(self, one: RenderedMessage) -> str:
        more = await readable(self.interaction.followup.send(**_personal(one), wait=True), self.longest)
        return str(more.id)


def _personal(one: RenderedMessage) -> dict[str, Any]:
    """Return a message, which only the person sees, as the library takes it."""
    return {
        "content": one.content,
        "view": one.view or discord.utils.MISSING,
        "files": one.files,
        "ephemeral": True,
        "allowed_mentions": NOBODY,
        "suppress_embeds": True,
    }


async def change(
    webhook: discord.Webhook, pieces: ReplyPieces, message_id: str, reply: Reply, longest: float = LONGEST
) -> None:
    """Change a notice through the webhook of the interaction that it answers.

    Raises EditRefused if that takes no changes any more, MessageGone if a growing notice was dismissed.
    """

    async def write(one: RenderedMessage, there: str | None) -> str:
        if there is None:
            return str((await readable(webhook.send(**_personal(one), wait=True), longest)).id)
        edited = webhook.edit_message(
            int(there), content=one.content, view=one.view, attachments=one.files, allowed_mentions=NOBODY
        )
        return str((await readable(edited, longest)).id)

    async def delete(there: str) -> None:
        await readable(webhook.delete_message(int(there)), longest)

    try:
        await pieces.change(message_id, reply, write, delete)
    except discord.HTTPException as error:
        if error.code == DISMISSED and reply.underway:
            raise MessageGone("Discord: the notice was dismissed") from error
        if error.code not in (*GONE, DISMISSED):
            raise
        raise EditRefused("Discord: the notice takes no changes any more") from error
