"""/link: joins one person's accounts on several platforms; ratings, settings and privacy commands are shared."""

from dataclasses import dataclass

from sqlmodel import Session

from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import UserError
from core.ports.processes import NO_OTHERS, OtherProcesses
from core.store import linking

HALF = 5


@dataclass(frozen=True, slots=True)
class LinkCommand:
    """The /link command: it gives a code on one platform, and /link CODE on the other links the accounts. `others` hear
    of that.
    """

    others: OtherProcesses = NO_OTHERS

    def feature(self) -> CommandGroup:
        """Return the /link command."""
        return CommandGroup(commands=(Command("link", "settings", self.link, (CommandOption("code"),)),))

    async def link(self, call: CommandCall) -> None:
        """Give out a code, or redeem one. Raises UserError if others could read it, or if the code is not valid."""
        if not call.confidential:
            raise UserError("link-privately")
        scene = await call.scene()
        given = call.arguments.get("code", "").strip()
        if not given:
            code = await call.store.write(lambda session: linking.new_code(session, scene.person_id))
            await call.tell(call.text("link-code", code=f"{code[:HALF]}-{code[HALF:]}"))
            return

        def unit(session: Session) -> bool:
            person_id = linking.redeem(session, given)
            if person_id is None:
                return False
            if person_id != scene.person_id:
                linking.merge(session, person_id, scene.person_id)
                self.others.tell(session, "people")
            return True

        if not await call.store.write(unit):
            raise UserError("link-wrong")
        await call.tell(call.text("link-done"))
