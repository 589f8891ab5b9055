"""Sending to Slack: the Chat port on top of its Web API."""

from dataclasses import dataclass
from typing import Literal

from bots.slack import attachments
from bots.slack.calls import WorkspaceCalls
from bots.slack.capabilities import CAPABILITIES
from bots.slack.forms import OfferedForms
from bots.slack.notices import PersonalNotices
from bots.slack.pane import AssistantPane
from bots.slack.people import WorkspacePeople
from bots.slack.posts import ChannelPosts
from bots.slack.refusals import translated
from bots.slack.threads import begin_thread
from core.messages import AnyEvent, Attachment, Form, Place, Reply, User
from core.ports.chat import ChatCapabilities


@dataclass(slots=True)
class SlackChat:
    """The Chat port for Slack."""

    calls: WorkspaceCalls
    people: WorkspacePeople
    pane: AssistantPane
    posts: ChannelPosts
    notices: PersonalNotices
    forms: OfferedForms
    capabilities: ChatCapabilities = CAPABILITIES

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        """Post a reply, or show it only to the person it concerns.

        A second post with the same key creates no second message: the key in the metadata shows that it was posted.
        Raises UnreachableError if Slack cannot be reached, UncertainDelivery if a notice may have been shown, UserError
        if we may not write there.
        """
        async with translated():
            if cause and reply.personal and not place.private:
                await self.notices.whisper(place, reply, cause)
                return ""
            if reply.replaces:
                await self.posts.replace(place, reply.replaces, reply)
                return reply.replaces
            async with self.posts.sent.under_way(place.channel):
                shown = await self.posts.post(place, reply, key, cause)
                self.pane.answered(place)
                return shown

    async def draft(self, place: Place, reply: Reply, key: str) -> bool:
        """Show nothing and return False: what Slack streams is a real message from the beginning."""
        return False

    async def edit(self, place: Place, message_id: str, reply: Reply) -> None:
        """Replace what a message shows with a reply; while it grows, an edit that would have to wait is skipped."""
        async with translated():
            await self.posts.edit(place, message_id, reply)

    async def delete(self, place: Place, message_id: str) -> None:
        """Delete one of our messages."""
        async with translated():
            await self.posts.delete(place, message_id)

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form. Raises UserError if the interaction is too old for one."""
        async with translated():
            await self.forms.show(place, form, cause)

    async def open(self, place: Place, user: User, cause: AnyEvent) -> Place | None:
        """Open a new thread in a channel; in direct messages a new conversation starts in the same place."""
        if place.private:
            return None
        async with translated():
            thread = await begin_thread(self.calls, place, user, cause)
        return Place(place.platform, place.community, place.channel, thread) if thread else None

    async def read(self, attachment: Attachment) -> bytes:
        """Return a file's content, cut off just above 1 MiB. Raises UserError if it cannot be fetched."""
        return await attachments.read(self.calls.workspaces, attachment)

    async def done(self, event: AnyEvent) -> None:
        """Stop showing in the pane that we are thinking; the event itself was acknowledged when it was committed."""
        await self.pane.rest(event.place)

    async def refresh(self, place: Place) -> None:
        """Do nothing: a channel keeps showing everything that was said, whichever branch the conversation follows."""

    async def typing(self, place: Place) -> None:
        """Show that we are working. This is a courtesy: if it fails, the answer still comes."""
        await self.pane.think(place)

    def mention(self, kind: Literal["channel", "role", "message"], id: str, place: Place | None = None) -> str:
        """Return the text that Slack shows as a channel's name or a group's handle, or a link to a message."""
        if kind == "message" and place:
            workspace = self.calls.workspaces.find(place.community)
            return f"{workspace.url if workspace else ''}archives/{place.channel}/p{id.replace('.', '')}"
        return f"@{self.people.handle(id)}" if kind == "role" else f"<#{id}>"
