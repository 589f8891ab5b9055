"""`parley moderate reports`, `report` and `close`: the answers that people have reported."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

# The store takes long to import, and the help of a command must not wait for it.
if TYPE_CHECKING:
    from sqlmodel import Session

    from core.labeling.service.moderation import TreeModerator
    from core.store.reports import ReportedAnswer

CUT = 100


def listed(reported: "ReportedAnswer") -> str:
    """One line about a reported answer."""
    number, words = len(reported.reports), " ".join(reported.answer.text.split())[:CUT]
    return f"{reported.answer.id}  {number} open, since {reported.reports[0].at:%Y-%m-%d %H:%M}  {words}"


def whole(reported: "ReportedAnswer") -> Iterator[str]:
    """A reported answer with every report."""
    yield reported.answer.text
    yield ""
    for report in reported.reports:
        why = ", ".join(filter(None, [*report.labels, " ".join(report.comment.split())])) or "no reason given"
        yield f"{report.at:%Y-%m-%d %H:%M}  id {report.person_id} ({report.source}): {why}"


@click.command()
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many at most.")
def reports(limit: int) -> None:
    """Show the reported answers that nobody has dealt with, the first report at the top."""
    from cli.moderate import say, unit
    from core.store import reports as stored

    found = unit(lambda moderator, session: [listed(one) for one in stored.waiting(session, limit=limit)])
    say(found or ["No reported answer is waiting."])


@click.command()
@click.argument("id")
def report(id: str) -> None:
    """Show the whole answer ID, with every open report of it."""
    from cli.moderate import say, unit
    from core.store import reports as stored

    def look(moderator: "TreeModerator", session: "Session") -> list[str]:
        found = stored.of_answer(session, id)
        return list(whole(found)) if found else ["No report of an answer with that id is open."]

    say(unit(look))


@click.command()
@click.argument("id")
def close(id: str) -> None:
    """Close the reports of the answer ID: somebody has looked at it."""
    from cli.moderate import say, unit
    from core.store import reports as stored

    number = unit(lambda moderator, session: stored.close(session, id))
    say([f"{number} {'report is' if number == 1 else 'reports are'} closed." if number else "No report of it is open."])
