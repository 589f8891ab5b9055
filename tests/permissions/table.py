"""docs/permissions.md: every deed done by every role, as tables that a person reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.main import COMMANDS
from tests.permissions import deeds, own, pages, plugged, things, units
from tests.permissions.deeds import Deed
from tests.permissions.world import ROLES, World, world

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"

HEAD = """\
# Who may do what

Nobody writes this page by hand. A test tries every command, button, form, message and address below as each of six
people, and notes who succeeds: `.venv/bin/python -m tests.permissions`. The tests fail when this page is out of date,
or when something new has no row here.

A right belongs to a person in a community. Knowing an id gives nobody a right. One function decides
(`core/rights.py: may`):

- Nothing leaves its community.
- What is said in a private place (direct messages, a conversation on the web page, the terminal) belongs to one person,
  no matter which of their linked accounts they use. No role changes that: admins see only what was reported to them.
- What is said in a shared channel may be seen by everybody who can read that channel, according to the platform, and by
  the person it was made for.
- Whoever may not see something is told that it is not there, or that the question was put to somebody else.

The six people:

- **stranger**: somebody from another community, or a browser without a cookie. If `/settings users` names groups,
  people outside of them are refused everything, except `/help`, `/privacy`, `/private`, `/mydata`, `/forgetme` and
  taking back a reaction.
- **member**: Ana. The others try to reach things that belong to her.
- **other member**: somebody else in Ana's community.
- **moderator**: a member whose role or id is in `/settings moderators`.
- **admin**: whoever is an admin according to the platform, and on the web page each browser in which a link of
  `parley web admin` was opened.
- **owner**: whoever runs the machine, with the `parley` command. The owner talks in the terminal, as the admin there.

`yes` means that it was done, `–` that it was refused.
"""

SECTIONS: Mapping[str, tuple[str, str]] = {
    "command": ("Commands", "`/name` as people type it, or chosen from the menu of a message."),
    "button": (
        "Buttons and selects",
        "Each is named by the first word of its action. The test presses them by id, as somebody who tampers with a"
        " page could.",
    ),
    "form": ("Forms", "Each is named by the first word of its action."),
    "message": (
        "Messages and reactions",
        "A `reply` names another message, whose words the model then reads. Deletions are not listed: only the platform"
        " reports them.",
    ),
    "page": (
        "The web page",
        "The member uses Ana's browser. The admin and the owner use browsers in which a link of `parley web admin` was"
        " opened. It works for whoever opens it first (`POST /admin`). Whoever opens a sign-in link ends up"
        " on a page with a code (`/oauth/callback`). The code works only for the person who asked for the link: see"
        " `connect` above.",
    ),
    "operator": (
        "The operator's port",
        "It asks nobody who they are, and listens on loopback: whoever can reach it may read it.",
    ),
}

UNITS = (
    "For developers: the functions that read or change the database by the id of a thing. Those of the first table"
    " decide for themselves. Those of the second rely on a decision that was made before."
)


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
            offered = [command.name for command in made.stage.core.router.dispatch.menu.more()]
            return [await outcome(made, deed) for deed in all_deeds(offered)]


async def outcome(made: World, deed: Deed) -> Outcome:
    # The model reads a conversation whole, and what was said for other rows is of no use to it.
    await made.begin_anew()
    allowed = []
    for role in ROLES:
        if await deed.do(made, role):
            allowed.append(role)
            made.untouched.clear()
    return Outcome(deed, tuple(allowed))


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
    text = (
        "For the owner alone. It needs the account on the machine that Parley runs under;"
        " it cannot be reached from a chat."
    )
    return f"{text}\n\n| what | owner | everybody else |\n| --- | :-: | :-: |\n| {names} | yes | – |\n"
