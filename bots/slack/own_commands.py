"""Our commands as people write them on Slack, where each is the first word after the one slash command."""

from dataclasses import dataclass, replace

from bots.shared.command_names import COMMAND, rewritten
from bots.slack.manifest import COMMAND as SLASH
from core.messages import Reply, User
from core.ports.surface import SurfaceRecords


@dataclass(frozen=True, slots=True)
class OwnCommands:
    """Rewrites our notices: `/tasks` is `/parley tasks` here."""

    records: SurfaceRecords

    def shown(self, reply: Reply) -> Reply:
        """Return a reply with its commands in Slack's form; an answer stays as the model wrote it."""
        return reply if reply.answer else replace(reply, text=self.words(reply.text))

    def words(self, text: str) -> str:
        """Return a text of ours with its commands in Slack's form."""
        if not COMMAND.search(text):
            return text
        known = {command.name for command in self.records.commands(User("", "", "en", admin=True))}

        def write(name: str, rest: str, code: bool) -> str:
            if name not in known:
                return ""
            line = f"{SLASH} {name} {rest}".rstrip()
            return f"`{line}`" if code else line

        return rewritten(text, write)
