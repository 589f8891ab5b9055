"""`parley moderate search`: messages of trees by text, author, language, state and platform."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, get_args

import click

from core.labeling.rules.vocabulary import MessageRole, TreeState

# The store takes long to import, and the help of a command must not wait for it.
if TYPE_CHECKING:
    from sqlmodel import Session

    from core.labeling.service.message_search import FoundMessage
    from core.labeling.service.moderation import TreeModerator

STANDINGS = ("undecided", "accepted", "rejected", "deleted")


@click.command()
@click.argument("text", default="")
@click.option("--author", default="", metavar="PERSON", help="Only what this person wrote.")
@click.option("--lang", default="", help="Only in this language.")
@click.option("--state", "tree", type=click.Choice(get_args(TreeState)), help="Only in trees in this state.")
@click.option("--review", "standing", type=click.Choice(STANDINGS), help="Only with this result of the reviews.")
@click.option("--platform", default="", help="Only from this platform.")
@click.option("--role", type=click.Choice(get_args(MessageRole)), help="Only in this role.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many at most.")
@click.option("--after", default="", metavar="ID", help="Continue after this message.")
def search(author: str, limit: int, after: str, **wanted: Any) -> None:
    """Show messages of trees that contain TEXT, in upper or lower case, the newest first; without TEXT all that fit."""
    from cli.moderate import accounts, meant, say, unit
    from core.labeling.service import message_search

    def look(moderator: "TreeModerator", session: "Session") -> "tuple[Sequence[FoundMessage], dict[str, str]]":
        person_id = meant(session, author) if author else None
        query = message_search.MessageQuery(person_id=person_id, **wanted)
        found = message_search.search(session, query, limit, after)
        people = {one.message.person_id for one in found} - {None}
        return found, dict(accounts(session, [id for id in people if id]))

    found, names = unit(look)
    for one in found:
        say(_told(one, names))
    if not found:
        say(["Nothing was found."])
    elif len(found) == limit:
        say([f"More: the same with --after {found[-1].message.id}"])


def _told(one: "FoundMessage", names: dict[str, str]) -> Iterator[str]:
    from cli.moderate_text import cut, states, unnamed

    message = one.message
    author = names.get(message.person_id or "") or message.model or message.author or unnamed(message)
    where = f" on {message.platform}" if message.platform else ""
    yield f"{message.id}  {message.role} ({message.lang}){where} by {author}, tree {one.tree}"
    yield f"  {', '.join(states(message))}"
    yield f"  {cut(message.text)}"
    yield ""
