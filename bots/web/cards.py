"""Cards that are not kept any more.

All that is left of most is their id, which names the command that they came from. What asks somebody to choose between
two answers is made anew.
"""

import re
from collections.abc import Collection, Sequence

from bots.web.rooms import RoomNote
from core.messages import AnyEvent, CommandHelp, Invocation, Reply, Turn
from core.ports.surface import ShownNotice

CARD = re.compile(r"card:([\w-]+):.+")


def note_id(reply: Reply, key: str, cause: AnyEvent | None) -> str:
    """The id of a message that shows no answer. A card's id names its command, but not what was said with it."""
    if isinstance(cause, Invocation) and (reply.buttons or reply.selects):
        return f"card:{cause.command}:{key}"
    return key


def gone(
    notices: Sequence[ShownNotice], there: Collection[str], commands: Sequence[CommandHelp]
) -> tuple[RoomNote, ...]:
    """What stands in place of the newest card of each command, unless the card is still `there`.

    A command that needs arguments cannot be given again without them, and shows nothing.
    """
    given = {command.name for command in commands if not any(option.required for option in command.options)}
    newest = {found[1]: notice for notice in notices if (found := CARD.fullmatch(notice.id))}
    return tuple(
        RoomNote(notice.id, "gone", Reply(f"/{command}"), notice.at)
        for command, notice in newest.items()
        if command in given and notice.id not in there
    )


def choices(turns: Sequence[Turn], there: Collection[RoomNote], words: str) -> tuple[RoomNote, ...]:
    """The notes that ask which of two answers is better, for those whose own note is not `there` any more."""
    asked = {button.action for note in there for button in note.reply.buttons}
    return tuple(
        RoomNote(f"choice-{turn.id}", "notice", Reply(words, buttons=turn.buttons), turn.at)
        for turn in turns
        if turn.letter and turn.buttons and turn.buttons[0].action not in asked
    )
