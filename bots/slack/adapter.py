"""Sends to Slack: implements the Chat port with Slack's Web API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import structlog

from bots.slack import attachments
from bots.slack.calls import WorkspaceCalls
from bots.slack.capabilities import CAPABILITIES
from bots.slack.forms import OfferedForms
from bots.slack.name_lookup import NamedTargets
from bots.slack.notices import PersonalNotices
from bots.slack.own_commands import OwnCommands
from bots.slack.pane import AssistantPane
from bots.slack.people import WorkspacePeople
from bots.slack.posts import ChannelPosts
from bots.slack.refusals import translated
from bots.slack.threads import begin_thread
from core.errors import EditRefused
from core.messages import AnyEvent, Attachment, Form, Place, Quote, Reply, User
from core.ports.chat import ChatCapabilities, NamedKind

log = structlog.get_logger()


@dataclass(slots=True)
class SlackChat:
    """The Chat port for Slack."""

    calls: WorkspaceCalls
    people: WorkspacePeople
    pane: AssistantPane
    posts: ChannelPosts
    notices: PersonalNotices
    forms: OfferedForms
    commands: OwnCommands
    capabilities: ChatCapabilities = CAPABILITIES

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply, or show it only to the person whom it concerns.

        Posting again with the same key creates no second message, because the key is kept in the message's metadata.
        Raises UnreachableError if Slack cannot be reached, UncertainDelivery if a notice may have been shown already,
        and UserError if we have no permission to write in this place.
        """
        reply = self.commands.shown(reply)
        async with translated():
            if cause and reply.personal and not place.private:
                await self.notices.whisper(place, reply, cause)
                return ""
            if reply.replaces and await self._replaced(place, reply.replaces, reply):
                return reply.replaces
            async with self.posts.sent.under_way(place.channel):
                shown = await self.posts.post(place, reply, key, cause)
                self.pane.answered(place)
                return shown

    async def _replaced(self, place: Place, message_id: str, reply: Reply) -> bool:
        """Replace what a message shows. Returns False if it cannot be changed any more."""
        try:
            await self.posts.replace(place, message_id, reply)
        except EditRefused as error:
            log.info("not_replaced", error=error)
            return False
        return True

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Return False: Slack has no drafts, because a streamed answer is a real message from the beginning."""
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace the content of a message. While an answer grows, an edit that would have to wait is skipped.

        What one person alone was shown has no id, and stays as it is: it came whole.
        """
        if not message_id:
            return
        async with translated():
            await self.posts.edit(place, message_id, self.commands.shown(reply))

    async def delete(self, place: Place, message_id: str) -> None:
        """Delete one of our messages."""
        async with translated():
            await self.posts.delete(place, message_id)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form. Raises UserError if the interaction is too old to open one."""
        async with translated():
            await self.forms.show(place, form, cause)

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Open a new thread in a channel. In direct messages, return None: a conversation needs no new place."""
        if place.private:
            return None
        async with translated():
            thread = await begin_thread(self.calls, place, user, cause)
        return Place(place.platform, place.community, place.channel, thread) if thread else None

    async def direct(self, place: Place, user: User) -> Place | None:
        """Return our direct messages with somebody; None if there can be none."""
        channel = await self.people.direct(place.community, user.id)
        return Place(place.platform, place.community, channel, private=True) if channel else None

    async def read(self, attachment: Attachment) -> bytes:
        """Return a file's whole content. Raises UserError if it cannot be fetched."""
        return await attachments.read(self.calls.workspaces, attachment)

    async def recent(self, place: Place, before: str | None, most: int) -> Sequence[Quote]:
        """Return nothing: `capabilities` does not promise it."""
        return ()

    async def done(self, event: AnyEvent) -> None:
        """Remove the thinking indicator from the pane. The event itself was acknowledged when it was committed."""
        await self.pane.rest(event.place)

    async def refresh(self, place: Place) -> None:
        """Do nothing: a channel shows all messages, whichever branch the conversation follows."""

    async def typing(self, place: Place) -> bool:
        """Show the thinking indicator in a thread; elsewhere, Slack has none. If this fails, the answer still comes."""
        return await self.pane.think(place)

    async def find(self, kind: NamedKind, text: str, place: Place) -> str:
        """Return the id of a channel that we are in, or of a user group."""
        async with translated():
            return await NamedTargets(self.calls, self.people).find(kind, text, place)

    def mention(self, kind: NamedKind | Literal["message"], id: str, place: Place | None = None) -> str:
        """Return a mention of a channel or a user group in Slack's notation, or a link to a message."""
        if kind == "message" and place:
            workspace = self.calls.workspaces.find(place.community)
            return f"{workspace.url if workspace else ''}archives/{place.channel}/p{id.replace('.', '')}"
        return f"@{self.people.handle(id)}" if kind == "role" else f"<#{id}>"
