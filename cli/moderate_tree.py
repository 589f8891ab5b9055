"""`parley moderate tree`: a message tree drawn as a tree, in the terminal or as a page for a browser."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.errors import OperatorError

# The store takes long to import, and the help of a command must not wait for it.
if TYPE_CHECKING:
    from sqlmodel import Session

    from core.labeling.service.moderation import TreeModerator
    from core.labeling.service.moderation_cases import WholeTree
    from core.store.labeling_tables import TreeMessageRow

STYLE = """\
body { font: 16px/1.45 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff }
ul { list-style: none; margin: 0; padding-left: 1.6rem; border-left: 2px solid #ccc }
body > ul { border: 0; padding: 0 }
li { margin: .6rem 0 }
h1 { font-size: 1.1rem; overflow-wrap: anywhere }
p { margin: .2rem 0; padding: .5rem .7rem; border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere }
.prompter > p { background: #eef3fb }
.assistant > p { background: #f3f3ee }
.gone > p { opacity: .5; text-decoration: line-through }
small { color: #666 }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #181818 }
  .prompter > p { background: #223 }
  .assistant > p { background: #2a2a26 }
}
"""

PAGE = """\
<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<h1>{title}</h1>
<ul>
{branches}
</ul>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Branch:
    """A message with the branches below it, the best reply first."""

    message: "TreeMessageRow"
    below: "Sequence[Branch]"


@click.command()
@click.argument("id")
@click.option("--html", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write a page for a browser.")
@click.option("--names", is_flag=True, help="Name the authors on the page; otherwise they are numbered.")
def tree(id: str, file: Path | None, names: bool) -> None:
    """Draw the tree of the message ID: replies below what they answer, ranked ones from best to worst."""
    from cli.moderate import say, unit
    from cli.open_database import explained

    def look(moderator: "TreeModerator", session: "Session") -> "WholeTree":
        return moderator.cases.whole(session, id)

    whole = unit(look)
    if file is None:
        say(drawn(whole, id))
        return
    from core.private_files import write_private

    with explained():
        try:
            write_private(file, page(whole, authors(whole, named=names)))
        except OSError as error:
            raise OperatorError(f"{file} cannot be written: {error.strerror or error}") from error
    say([f"{file} shows the tree; open it in a browser."])


def branches(messages: "Sequence[TreeMessageRow]") -> Sequence[Branch]:
    """The branches of a tree, given its messages in reading order."""
    below: dict[str | None, list[TreeMessageRow]] = {}
    for message in messages:
        below.setdefault(message.parent_id, []).append(message)

    def grown(parent_id: str | None) -> Sequence[Branch]:
        return [Branch(message, grown(message.id)) for message in below.get(parent_id, ())]

    return grown(None)


def authors(whole: "WholeTree", *, named: bool) -> Mapping[str, str]:
    """The names of the authors in a tree, by the ids of their messages."""
    from cli.moderate_text import unnamed

    people = list(dict.fromkeys(message.person_id for message in whole.messages if message.person_id))
    found: dict[str, str] = {}
    for message in whole.messages:
        if message.person_id:
            number = f"person {people.index(message.person_id) + 1}"
            found[message.id] = (whole.names.get(message.person_id) or number) if named else number
        else:
            found[message.id] = unnamed(message)
    return found


def drawn(whole: "WholeTree", meant: str) -> Iterator[str]:
    """A tree as lines for a terminal; the message that was `meant` is marked."""
    from cli.moderate_text import head

    yield from head(whole.tree)
    called = authors(whole, named=True)
    for branch in branches(whole.messages):
        yield from _lines(branch, called, meant, "", "")


def _lines(branch: Branch, called: Mapping[str, str], meant: str, first: str, rest: str) -> Iterator[str]:
    from cli.moderate_text import cut

    message = branch.message
    mark = ">" if message.id == meant else "●"
    yield f"{first}{mark} {message.role} {called[message.id]}: {_standing(message)}  {message.id}"
    yield f"{rest}{'│' if branch.below else ' '} {cut(message.text)}"
    for number, below in enumerate(branch.below, 1):
        last = number == len(branch.below)
        start, onward = ("└─", "  ") if last else ("├─", "│ ")
        yield from _lines(below, called, meant, f"{rest}{start}", f"{rest}{onward}")


def page(whole: "WholeTree", called: Mapping[str, str]) -> str:
    """A tree as a page that needs nothing else: no script, no picture, nothing from the network."""
    tree = whole.tree
    title = escape(f"Tree {tree.id}: {tree.state}, {tree.lang}")
    listed = "\n".join(_item(branch, called) for branch in branches(whole.messages))
    return PAGE.format(lang=escape(tree.lang), title=title, style=STYLE, branches=listed)


def _item(branch: Branch, called: Mapping[str, str]) -> str:
    from core.outside_text import cleaned

    message = branch.message
    gone = " gone" if message.deleted else ""
    about = escape(cleaned(f"{message.role} · {called[message.id]} · {_standing(message)}"))
    below = "\n".join(_item(one, called) for one in branch.below)
    inner = f"\n<ul>\n{below}\n</ul>" if below else ""
    return (
        f'<li class="{message.role}{gone}" id="{escape(message.id)}"><small>{about}</small>'
        f"<p>{escape(message.text)}</p>{inner}</li>"
    )


def _standing(message: "TreeMessageRow") -> str:
    from cli.moderate_text import states

    return ", ".join(states(message))
