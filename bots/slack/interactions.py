"""Commands, buttons, selects and forms that people use, on their way to the core."""

from dataclasses import dataclass, replace

from bots.slack import receive
from bots.slack.forms import taken_up
from bots.slack.people import WorkspacePeople
from bots.slack.receive import Payload
from bots.slack.thread_history import ThreadHistory
from bots.slack.workspaces import InstalledWorkspace
from core.messages import Place, Quote, User
from core.ports.chat import Handle


@dataclass(slots=True)
class SlackInteractions:
    """Takes interactions from all workspaces, and passes them to the core."""

    handle: Handle
    people: WorkspacePeople
    history: ThreadHistory

    async def command(self, body: Payload, workspace: InstalledWorkspace) -> None:
        """Take the slash command, whose first word is one of our commands."""
        team, user_id, channel = workspace.team, body["user_id"], body["channel_id"]
        private = channel.startswith("D") and channel == await self.people.direct(team, user_id)
        user = await self.people.of(team, user_id, exact=True)
        await self.handle(receive.command(body, receive.place_of(team, channel, private=private), user))

    async def shortcut(self, body: Payload, workspace: InstalledWorkspace) -> None:
        """Take a command from a message's menu, or from the shortcuts menu, which is answered in direct messages."""
        team, user_id = workspace.team, body["user"]["id"]
        user = await self.people.of(team, user_id, exact=True)
        if "message" in body:
            place = await self._where(body, body["message"], workspace)
        else:
            place = receive.place_of(team, await self.people.direct(team, user_id), private=True)
        event = receive.shortcut(body, place, user)
        if words := str(body.get("message", {}).get("text", "")):
            sender = User(str(body["message"].get("user", "")), "")
            text = await self.history.words(words, workspace)
            event = replace(event, quoted=Quote(str(event.message), sender, text, outside=True))
        await self.handle(event)

    async def action(self, body: Payload, workspace: InstalledWorkspace) -> None:
        """Take a press on a button or a choice in a select in one of our messages."""
        shown = {**body.get("container", {}), **body.get("message", {})}
        place = await self._where(body, shown, workspace)
        user = await self.people.of(workspace.team, body["user"]["id"], exact=True)
        await self.handle(taken_up(receive.press(body, place, user)))

    async def view(self, body: Payload, workspace: InstalledWorkspace) -> None:
        """Take a submitted modal."""
        place = receive.from_whereabouts(workspace.team, body["view"]["private_metadata"])
        user = await self.people.of(workspace.team, body["user"]["id"], exact=True)
        await self.handle(receive.submission(body, place, user))

    async def _where(self, body: Payload, message: Payload, workspace: InstalledWorkspace) -> Place:
        """Return the place of a message that somebody acted on."""
        if "channel" not in body:
            # It was pressed on the app's home, which is nobody else's.
            direct = await self.people.direct(workspace.team, body["user"]["id"])
            return receive.place_of(workspace.team, direct, private=True)
        channel = body["channel"]["id"]
        private = channel.startswith("D") and channel == await self.people.direct(workspace.team, body["user"]["id"])
        return receive.place_of(workspace.team, channel, message.get("thread_ts") or "", private=private)
