"""`parley moderate`: shows reports, message trees and people in labeling tasks, and lets a moderator act on them."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import click

from cli.machine_user import at_the_machine
from cli.moderate_gold import gold
from cli.moderate_notes import note, notes
from cli.moderate_reports import close, report, reports
from cli.moderate_search import search
from cli.moderate_stats import stats
from cli.moderate_text import going, head, indented, marks, one_line, reported, spoken, touched, votes
from cli.moderate_tree import tree
from cli.open_database import explained, load, opened
from cli.plural import several
from cli.subcommands import SubcommandGroup
from core.errors import OperatorError, StoreError, UserError

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from sqlmodel import Session

    from config.settings import ParleySettings
    from core.labeling.service.moderation import TreeModerator
    from core.labeling.service.suspicious_work import TrollSuspect
    from core.labeling.service.tree_lifecycle import TreeLifecycle
    from core.store.engine.database import Database
    from core.store.labeling_tables import LabelerRow, TreeRow

T = TypeVar("T")

REFUSED: Mapping[str, str] = {
    "mod-gone": "there is no message with that id; `parley moderate search` shows ids",
    "mod-erased": "that text was erased for good, and there is nothing left to put back or to edit",
    "mod-not-halted": "that tree is still going on, or finished; only a halted tree can be reopened",
    "mod-private": "somebody keeps the conversation that the tree is from out of training; it continues when they"
    " take that back with `/private off`",
    "mod-prompt-deleted": "the prompt of that tree is deleted; `parley moderate restore` it, and the tree continues",
    "gold-gone": "there is no practice task with that id; `parley moderate gold list` shows ids",
    "gold-labels": "the labels must say whether it is spam (spam=0 or spam=1), and be possible for the message:"
    " flags are 0 or 1, scales 0, 0.25, 0.5, 0.75 or 1; fails_task and helpfulness are for assistant's replies",
    "mod-text-empty": "a message needs some text; `parley moderate delete` removes the message",
}
DAY = click.DateTime(["%Y-%m-%d"])
ID = click.argument("id")
PERSON = click.argument("person", metavar="PERSON")
LIMIT = click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many at most.")


@click.group(cls=SubcommandGroup)
def moderate() -> None:
    """Moderate reported answers and labeling tasks: reports, trees, people.

    ID is the id of a message; a tree has the id of its prompt. PERSON is an account (discord:123) or our id of a
    person. Each action is recorded under your user name on this machine.
    """


for more in (reports, report, close, gold, stats, search, tree, note, notes):
    moderate.add_command(more)


@moderate.command()
@LIMIT
@click.option("--after", default="", metavar="ID", help="Continue after this message.")
def flags(limit: int, after: str) -> None:
    """Show the open reports about messages of labeling tasks, the newest last."""
    cases = unit(lambda moderator, session: moderator.cases.waiting(session, limit, after))
    for case in cases:
        say(reported(case))
    if not cases:
        say(["Nothing is waiting for a moderator."])
    elif len(cases) == limit:
        say([f"More: parley moderate flags --after {cases[-1].message.id}"])


@moderate.command()
@ID
def show(id: str) -> None:
    """Show the tree of the message ID, with its reviews and the earlier versions of edited texts."""
    whole = unit(lambda moderator, session: moderator.cases.whole(session, id))
    say(head(whole.tree))
    for message in whole.messages:
        say(indented(spoken(whole, message, meant=message.id == id), message.depth))


@moderate.command()
@ID
def delete(id: str) -> None:
    """Delete the message ID and everything below it from its tree; `restore` puts it back."""
    number, tree = of_tree(id, lambda moderator, session: moderator.delete(session, id))
    done = f"{several(number, 'message')} deleted." if number else "It was deleted before; its reports are closed."
    say([done, *going(tree)])


@moderate.command()
@ID
def restore(id: str) -> None:
    """Put the message ID back, with the messages above it; a halted tree goes on if its prompt comes back."""
    number, tree = of_tree(id, lambda moderator, session: moderator.restore(session, id))
    say([f"{several(number, 'message')} restored." if number else "It was not deleted.", *going(tree)])


@moderate.command()
@ID
def halt(id: str) -> None:
    """Stop the tree of the message ID; `reopen` lets it go on."""
    stopped, tree = of_tree(id, lambda moderator, session: moderator.halt(session, id))
    say([*([] if stopped else ["It was halted before."]), *going(tree)])


@moderate.command()
@ID
def reopen(id: str) -> None:
    """Let the tree of the message ID go on, or compute its ranks again where that has failed."""
    _, tree = of_tree(id, lambda moderator, session: moderator.reopen(session, id))
    say(going(tree))
    if tree.state in ("halted_by_moderator", "aborted_low_grade"):
        say([f"By its reviews and skips it ends there again: parley moderate show {id}"])


@moderate.command()
@ID
@click.option("--text", help="The new text; without it your editor opens ($EDITOR).")
def edit(id: str, text: str | None) -> None:
    """Change the text of the message ID. The earlier text stays in its history."""
    before = unit(lambda moderator, session: moderator.cases.case(session, id)).message.text
    given = click.edit(before, extension=".md") if text is None else text
    if given is None:
        say(["Nothing was changed."])
        return
    from core.labeling.chat.moderation_cards import as_kept

    kept = as_kept(given)
    changed = unit(lambda moderator, session: moderator.edit(session, id, kept))
    say(["Changed; `parley moderate show` has what it said before." if changed else "Nothing was changed."])


@moderate.command()
@ID
def dismiss(id: str) -> None:
    """Close the reports of the message ID: nothing is wrong with it."""
    number = unit(lambda moderator, session: moderator.dismiss(session, id))
    say([f"{number} {'report is' if number == 1 else 'reports are'} closed." if number else "No report of it is open."])


@moderate.command()
@PERSON
def ban(person: str) -> None:
    """Keep PERSON out of tasks. What they wrote stays; `purge` erases it."""
    banned(person, to=True)


@moderate.command()
@PERSON
def unban(person: str) -> None:
    """Let PERSON do tasks again."""
    banned(person, to=False)


@moderate.command()
@LIMIT
def trolls(limit: int) -> None:
    """Show the people whose texts others find bad, and those whose reviews are rarely right.

    The score is 3 for a report, 1 for a prompt that was given up, and 1 for each vote for one of the labels that follow
    it. Reports that were dismissed do not count.
    """
    from core.labeling.service import suspicious_work as doubts

    def look(
        moderator: "TreeModerator", session: "Session"
    ) -> "tuple[Sequence[TrollSuspect], Sequence[LabelerRow], Mapping[str, str]]":
        found, poor = doubts.trolls(session, limit), doubts.unreliable(session)
        ids = [*(troll.person_id for troll in found), *(labeler.person_id for labeler in poor)]
        return found, poor, accounts(session, ids)

    found, poor, names = unit(look)
    for troll in found:
        say(marks(troll, names))
    if not found:
        say(["Nobody has a troll score."])
    if poor:
        say(["", "Unreliable labelers:"])
    for labeler in poor:
        say([f"  {names[labeler.person_id]}: right in {labeler.reliability:.0%} of {labeler.items} reviews"])


@moderate.command()
def agreement() -> None:
    """Show how far labelers agree, by language and label, where at least 30 messages were judged twice.

    Krippendorff's alpha is 1 for full agreement and 0 for chance. A rare label has an alpha near 0 even where people
    nearly always agree: the share of equal pairs, and how often it was given, stand beside it.
    """
    from core.labeling.service.suspicious_work import agreements

    found = unit(lambda moderator, session: agreements(session))
    for lang, name, one in found:
        alpha = "     -" if one.alpha is None else f"{one.alpha:6.2f}"
        say([f"{lang:6} {name:16} alpha {alpha}  equal {one.raw:4.0%}  given {one.prevalence:4.0%}  n {one.items}"])
    if not found:
        say(["Too little was judged twice to tell."])


@moderate.command()
@LIMIT
def splits(limit: int) -> None:
    """Show messages on which votes are split: the undecided first, then those that were decided most narrowly."""
    from core.labeling.service import suspicious_work as doubts

    found = unit(lambda moderator, session: doubts.splits(session, limit))
    for split in found:
        say(votes(split))
    if not found:
        say(["No votes are split."])


@moderate.command()
@PERSON
@click.option("--from", "since", type=DAY, metavar="DATE", help="Only what was written from this day on (2026-03-01).")
@click.option("--to", "until", type=DAY, metavar="DATE", help="Only what was written up to and including this day.")
@click.option("--ban", is_flag=True, help="Ban them from tasks as well.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def purge(person: str, since: datetime | None, until: datetime | None, ban: bool, yes: bool) -> None:
    """Erase what PERSON wrote in trees, for good. Days are in UTC. If others have replied, an empty message stays.
    Without --yes, it shows what would happen, and asks if this is a terminal.
    """
    from core.labeling.service import purge as purging

    until = until + timedelta(days=1) if until else None
    wish = unit(
        lambda moderator, session: purging.PurgeRequest(meant(session, person), in_utc(since), in_utc(until), ban)
    )
    if not yes:
        say(touched(run(lambda store, moderator: purging.rehearse(store, moderator, wish)), done=False))
        if not sys.stdin.isatty():
            say(["Nothing was erased; give --yes to do it."])
            return
        click.confirm("Erase it for good?", abort=True)
    say(touched(unit(lambda moderator, session: purging.purge(session, moderator, wish)), done=True))


def keeper(settings: "ParleySettings") -> "TreeLifecycle":
    """The keeper that advances message trees, with this installation's settings."""
    from config.sections.tasks import task_rules
    from core.labeling.service.tree_lifecycle import TreeLifecycle

    return TreeLifecycle(task_rules(settings.tasks))


def run(work: "Callable[[Database, TreeModerator], Awaitable[T]]") -> T:
    """Do something as the user of this machine. Errors become one line that says what to do."""
    from core.labeling.service.moderation import TreeModerator
    from core.store.engine.migrate import schema
    from core.store.tables import now

    async def doing(settings: "ParleySettings") -> T:
        if await schema(settings.database.url) is None:
            raise StoreError("there is nothing to moderate yet; start Parley first, or check database.url")
        async with opened(settings.database.url) as store:
            return await work(store, TreeModerator(keeper(settings), now(), who=at_the_machine()))

    with explained():
        try:
            return asyncio.run(doing(load()))
        except UserError as error:
            raise OperatorError(REFUSED.get(error.key, error.key)) from error


def unit(work: "Callable[[TreeModerator, Session], T]") -> T:
    """Do something in one transaction of the store."""
    return run(lambda store, moderator: store.write(lambda session: work(moderator, session)))


def of_tree(id: str, act: "Callable[[TreeModerator, Session], T]") -> "tuple[T, TreeRow]":
    """Do something to a message; returns the result, and the tree as it is afterwards."""

    def work(moderator: "TreeModerator", session: "Session") -> "tuple[T, TreeRow]":
        done = act(moderator, session)
        return done, moderator.cases.case(session, id).tree

    return unit(work)


def banned(person: str, *, to: bool) -> None:
    """Ban somebody, or lift the ban."""

    def work(moderator: "TreeModerator", session: "Session") -> tuple[bool, str]:
        person_id = meant(session, person)
        return moderator.ban(session, person_id, to), accounts(session, [person_id])[person_id]

    changed, name = unit(work)
    is_so = "is banned from tasks" if to else "may do tasks"
    say([f"{name} {is_so} now." if changed else f"{name} {is_so} anyway."])


def meant(session: "Session", person: str) -> str:
    """The id of the person that was named. Raises OperatorError if we do not know them."""
    from core.messages import User
    from core.store import identities
    from core.store.tables import PersonRow

    platform, _, account = person.partition(":")
    known = identities.known_person(session, platform, User(account, "")) if account else None
    if known or session.get(PersonRow, person):
        return known or person
    raise OperatorError(
        f"nobody is known as {person!r}; give an account like discord:123456, or one of our ids of people,"
        " which `parley moderate search`, `show` and `trolls` tell"
    )


def accounts(session: "Session", person_ids: "Iterable[str]") -> Mapping[str, str]:
    """People's names and accounts, by their ids: "Ana (discord:123, id 0190…)"."""
    from sqlmodel import col, select

    from core.store.tables import AccountRow

    ids = list(person_ids)
    found = session.exec(
        select(AccountRow).where(col(AccountRow.person_id).in_(ids)).order_by(col(AccountRow.id))
    ).all()
    names = {id: f"id {id}" for id in ids}
    for row in reversed(found):
        names[row.person_id] = f"{row.name} ({row.platform}:{row.platform_id}, id {row.person_id})"
    return names


def in_utc(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None


def say(lines: Iterable[str]) -> None:
    """Print lines, each of which stays one, without anything that would control the terminal."""
    for line in lines:
        click.echo(one_line(line))
