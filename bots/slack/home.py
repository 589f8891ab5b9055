"""The app's home: the page that somebody sees who opens us in Slack's list of apps."""

from dataclasses import dataclass

import structlog

from bots.slack.markdown import to_mrkdwn
from bots.slack.own_commands import OwnCommands
from bots.slack.people import WorkspacePeople
from bots.slack.receive import Payload, place_of
from bots.slack.refusals import FAILURES
from bots.slack.render import LONGEST_ANSWER, Block, controls
from bots.slack.workspaces import InstalledWorkspace, WorkspaceDirectory
from core.messages import Reply

log = structlog.get_logger()

HOME = "home"


@dataclass(frozen=True, slots=True)
class AppHome:
    """Publishes the welcome as the app's home. It is a courtesy: if Slack refuses it, the rest works."""

    workspaces: WorkspaceDirectory
    people: WorkspacePeople
    commands: OwnCommands

    async def opened(self, event: Payload, workspace: InstalledWorkspace) -> None:
        """Show somebody what to try and, if they are an admin, what to settle first."""
        if event.get("tab") != HOME:
            return
        team, user_id = workspace.team, str(event["user"])
        user = await self.people.of(team, user_id, exact=True)
        place = place_of(team, str(event.get("channel", "")), private=True)
        reply = self.commands.shown(await self.commands.records.welcome(place, user))
        try:
            await self.workspaces.client(team).views_publish(user_id=user_id, view=page(reply))
        except FAILURES as error:
            log.info("home_not_published", error=error)


def page(reply: Reply) -> Block:
    """Return a reply as a home view, where Slack takes no `markdown` block."""
    paragraphs = [to_mrkdwn(text)[:LONGEST_ANSWER] for text in reply.text.split("\n\n") if text]
    words: list[Block] = [{"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in paragraphs]
    return {"type": HOME, "blocks": [*words, *controls(reply)]}
