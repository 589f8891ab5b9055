"""`parley moderate note` and `notes`: what moderators write down about people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from core.errors import OperatorError

# The store takes long to import, and the help of a command must not wait for it.
if TYPE_CHECKING:
    from sqlmodel import Session

    from core.labeling.service.moderation import TreeModerator
    from core.store.moderation_tables import PersonNoteRow

ABOUT = click.argument("person", metavar="PERSON")


@click.command()
@ABOUT
@click.argument("text")
def note(person: str, text: str) -> None:
    """Write a note about PERSON. Only `notes` shows it; the person finds its text in /mydata."""
    from cli.moderate import meant, say, unit
    from core.store import person_notes

    def work(moderator: "TreeModerator", session: "Session") -> str:
        by = person_notes.NoteAuthor(who=moderator.who)
        kept = person_notes.write(session, meant(session, person), text, by)
        if kept is None:
            raise OperatorError("there is no text in that note")
        moderator.note(session, "note", kept.person_id)
        return kept.id

    say([f"Kept. Erase it: parley moderate notes {person} --erase {unit(work)}"])


@click.command()
@ABOUT
@click.option("--erase", default="", metavar="NOTE", help="Erase this note.")
def notes(person: str, erase: str) -> None:
    """Show the notes of all moderators about PERSON, the newest last: when, by whom, and where."""
    from cli.moderate import accounts, meant, say, unit
    from core.store import person_notes

    def work(moderator: "TreeModerator", session: "Session") -> "tuple[Sequence[PersonNoteRow], Mapping[str, str]]":
        person_id = meant(session, person)
        if erase:
            if not person_notes.erase(session, person_id, erase):
                raise OperatorError(f"there is no note {erase} about {person}")
            moderator.note(session, "note-erase", person_id)
        found = person_notes.notes_about(session, person_id)
        return found, accounts(session, [one.author_id for one in found if one.author_id])

    found, names = unit(work)
    for one in found:
        say(_told(one, names))
    if not found:
        say(["There are no notes about them."])


def _told(one: "PersonNoteRow", names: Mapping[str, str]) -> Iterator[str]:
    author = names.get(one.author_id or "") or one.who or "somebody forgotten"
    where = f"community {one.community_id}" if one.community_id else "the terminal"
    yield f"{one.id}  {one.at:%Y-%m-%d %H:%M}, {author}, in {where}"
    yield from (f"  {line}" for line in one.text.splitlines())
