"""docs/permissions.md: every deed done by every role, as tables that a person reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bots.cli.main import COMMANDS
from tests.permissions import deeds, own, pages, plugged, things, units
from tests.permissions.deeds import Deed
from tests.permissions.world import ROLES, World, world

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"

HEAD = """\
# Who may do what

This page is made by the test that tries all of it: `.venv/bin/python -m tests.permissions` does every command, button,
form, message and address below as each of six people, and writes down who got it done. The tests fail when this page
says anything else, and when something new is in none of its rows.

A right belongs to a person in a community, and never to whoever knows an id. One function answers
(`core/rights.py: may`):

- Nothing leaves its community.
- What stands in a private place (direct messages, a conversation on the web page, the terminal) is its person's alone,
  by whichever of their linked accounts they come. No role changes that: admins read what was reported to them.
- What stands in a shared channel is for those who are there, as the platform says, and for whoever it was made for.
- What somebody may not see is answered as if it did not exist.

The people: Ana is the **member** whose things are reached for. The **other member** is in the same community, and so
is the **moderator**, who has no right of their own yet: `/moderate` is for admins. The **admin** is whom the platform
says so of (or every visitor of a web page on loopback). The **stranger** is from another community, or a browser
without a cookie; where `/settings users` names groups, those outside of them are refused everything but to take back a
reaction. The **owner** runs the machine, has the `parley` command, and talks in its terminal as its admin.

`yes` means that it was done, `–` that it was refused.
"""

SECTIONS: Mapping[str, tuple[str, str]] = {
    "command": ("Commands", "`/name` as people type it, or from the menu of a message."),
    "button": (
        "Buttons and selects",
        "By the word with which their action begins. All are pressed by their ids, as from a page tampered with.",
    ),
    "form": ("Forms", "By the word with which their action begins."),
    "message": (
        "Messages and reactions",
        "A `reply` names a message whose words the model then reads. Of deletions the platforms tell.",
    ),
    "page": ("The web page", "Ana's browser is the member's; the admin's and the owner's are on a page on loopback."),
    "operator": ("The operator's port", "It knows nobody, and is bound to loopback: who reaches it may read it."),
}

UNITS = "The units that take the id of a thing. The first table has those that decide, the second all others."


@dataclass(frozen=True, slots=True)
class Outcome:
    """A deed, and which roles got it done."""

    deed: Deed
    allowed: tuple[str, ...]


def all_deeds(offered: Sequence[str]) -> Sequence[Deed]:
    """Every row; `offered` are the commands of plugins."""
    rows = (own.deeds(offered), deeds.deeds(), things.deeds(), plugged.deeds(), pages.deeds(), units.deeds())
    return [deed for some in rows for deed in some]


async def outcomes() -> Sequence[Outcome]:
    """Do everything as everybody."""
    with TemporaryDirectory() as folder:
        async with world(Path(folder)) as made:
            offered = [command.name for command in made.stage.host.commands()]
            return [await outcome(made, deed) for deed in all_deeds(offered)]


async def outcome(made: World, deed: Deed) -> Outcome:
    # The model reads a conversation whole, and what was said for other rows is of no use to it.
    await made.begin_anew()
    return Outcome(deed, tuple([role for role in ROLES if await deed.do(made, role)]))


def document(found: Sequence[Outcome]) -> str:
    """The whole page."""
    parts = [HEAD]
    for kind, (title, about) in SECTIONS.items():
        parts.append(f"## {title}\n\n{about}\n\n{table([one for one in found if one.deed.kind == kind])}")
    parts.append(f"## The command line\n\n{command_line()}")
    parts.append(f"## Units of the store\n\n{UNITS}\n\n{table([one for one in found if one.deed.kind == 'unit'])}")
    parts.append(units.table())
    return "\n".join(parts)


def table(found: Sequence[Outcome]) -> str:
    """The rows; what is done to the same thing by the same people is one row."""
    grouped: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in found:
        grouped.setdefault((one.deed.about, one.allowed), []).append(one.deed.name)
    lines = [["what", "of what", *ROLES], ["---", "---", *[":-:" for _ in ROLES]]]
    for (about, allowed), names in grouped.items():
        what = " ".join(f"`{name}`" for name in dict.fromkeys(names))
        lines.append([what, about, *["yes" if role in allowed else "–" for role in ROLES]])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def command_line() -> str:
    """The commands of whoever has a shell on the machine."""
    names = " ".join(f"`parley {name}`" for name in COMMANDS)
    text = "The owner alone: they need the account on the machine under which Parley runs. No chat leads there."
    return f"{text}\n\n| what | owner | everybody else |\n| --- | :-: | :-: |\n| {names} | yes | – |\n"
