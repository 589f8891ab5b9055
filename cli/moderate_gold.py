"""`parley moderate gold`: the practice tasks whose right labels are known, and messages that become one."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from core.errors import OperatorError

if TYPE_CHECKING:
    from sqlmodel import Session

    from core.labeling.service.moderation import TreeModerator
    from core.store.labeling_tables import WorkItemRow

LONGEST_LINE = 70


@click.group()
def gold() -> None:
    """Practice tasks: reviews whose right labels are known.

    Parley brings some along in a few languages. For the others, and so that they do not run out, make messages of
    trees into practice tasks.
    """


@gold.command("list")
@click.option("--lang", default="", help="Only those in this language.")
def listed(lang: str) -> None:
    """Show the practice tasks, with their labels and reasons."""
    from cli.moderate import say, unit
    from core.labeling.service import gold_items

    def look(moderator: "TreeModerator", session: "Session") -> Sequence[str]:
        items = [item for item in gold_items.all_items(session) if lang in ("", item.lang)]
        return [line for item in items for line in _told(session, item)]

    say(unit(look) or ["There are none; `parley moderate gold add` makes some."])


@gold.command()
@click.argument("id")
@click.option("--why", required=True, help="The reason, which people are told after their answer.")
@click.option(
    "--label", "labels", multiple=True, metavar="NAME=VALUE", help="A right label, such as spam=0; repeat it."
)
def add(id: str, why: str, labels: Sequence[str]) -> None:
    """Make the message ID a practice task. Without --label, its labels are those that all of its reviewers agree on."""
    from cli.moderate import say, unit
    from core.labeling.service import gold_items

    given = dict(map(_label, labels))

    def work(moderator: "TreeModerator", session: "Session") -> Sequence[str]:
        message, tree = moderator.cases.found(session, id)
        known = given or gold_items.agreed(session, message)
        if not known:
            raise OperatorError(
                "its reviewers do not agree, or are fewer than its tree asks for; give the labels with --label"
            )
        # What one community keeps to itself is shown to nobody else.
        made = gold_items.add(session, gold_items.GoldItemRequest(id, known, why, tree.pool))
        moderator.note(session, "gold-add", id)
        return [*_told(session, made), f"Take it back: parley moderate gold remove {made.id}"]

    say(unit(work))


@gold.command()
@click.argument("id")
def remove(id: str) -> None:
    """Hand out the practice task ID no more. Answers to it no longer count for anybody's reliability."""
    from cli.moderate import say, unit
    from core.labeling.service import gold_items

    def work(moderator: "TreeModerator", session: "Session") -> None:
        gold_items.remove(session, id)
        moderator.note(session, "gold-remove", id)

    unit(work)
    say(["It is handed out no more."])


def _told(session: "Session", item: "WorkItemRow") -> Iterator[str]:
    from core.labeling.service import gold_items

    known, turns = item.gold or {}, gold_items.turns(session, item)
    said = ", ".join(f"{name}={value:g}" for name, value in sorted(known.get("labels", {}).items()))
    text = " ".join(turns[-1]["text"].split()) if turns else "(its message is gone)"
    yield f"{item.lang}  {item.kind}  {item.id}"
    yield f"    {text if len(text) <= LONGEST_LINE else f'{text[:LONGEST_LINE]}…'}"
    yield f"    {said}  {known.get('why', '')}".rstrip()


def _label(text: str) -> tuple[str, float]:
    """Read NAME=VALUE."""
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not like spam=0", param_hint="--label") from None
