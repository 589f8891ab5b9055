"""`parley moderate stats`: the figures of labeling on the whole installation."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

# The store takes long to import, and the help of a command must not wait for it.
if TYPE_CHECKING:
    from sqlmodel import Session

    from core.labeling.service.figures import LabelingFigures
    from core.labeling.service.moderation import TreeModerator


@click.command()
def stats() -> None:
    """Show messages by language and role, trees by state, work done, agreement, and what is stuck and why."""
    from cli.moderate import say, unit
    from config.settings import load
    from core.labeling.service.figures import figures

    terms = load().terms.version

    def look(moderator: "TreeModerator", session: "Session") -> "LabelingFigures":
        return figures(session, terms, moderator.now)

    say(told(unit(look)))


def told(found: "LabelingFigures") -> Iterator[str]:
    """Format the figures as lines of text."""
    yield f"People who agree to the terms: {found.agreed}"
    yield f"Given by people: {', '.join(f'{name} {number}' for name, number in found.actions.items())}"
    if found.actions_per_tree is not None:
        yield f"Trees that people completed: {found.finished}; given for each: {found.actions_per_tree:.1f}"
    for lang, one in found.languages.items():
        yield ""
        yield f"{lang}:"
        for (role, synthetic), number in sorted(one.messages.items()):
            yield f"  messages  {role:<10} {'by models' if synthetic else 'by people':<22} {number:>8}"
        for state, number in sorted(one.trees.items()):
            yield f"  trees     {state:<33} {number:>8}"
        for kind, number in sorted(one.tasks.items()):
            yield f"  tasks     {kind:<33} {number:>8}"
        for _, label, agreed in (each for each in found.reviewers if each[0] == lang):
            yield f"  reviewers equal on {label:<24} {agreed.raw:>8.0%}"
        if lang in found.rankers:
            yield f"  rankers   same order of two answers         {found.rankers[lang].equal:>8.0%}"
    if found.stuck:
        yield ""
    for waiting in found.stuck:
        why = {
            "nobody": "nobody has done a task for two weeks",
            "alone": "only one person has done tasks for two weeks",
            "barred": f"{waiting.barred} of the people there may not review; see `parley moderate trolls`",
        }[waiting.reason]
        pool = f", community {waiting.pool}" if waiting.pool else ""
        yield f"Stuck: {waiting.lang}{pool}, {waiting.trees} trees wait: {why}"
