"""`parley arena`: says what people's blind comparisons show, and exports them."""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.export import reasons
from cli.open_database import explained, load, opened
from cli.plural import several
from cli.subcommands import SubcommandGroup
from cli.wiring.platforms import exported
from core.errors import StoreError

# The store takes long to import, and the help of a command must not wait for it.
if TYPE_CHECKING:
    from config.settings import ParleySettings
    from core.arena.export import VoteFormat
    from core.arena.sequential_test import TestedVotes
    from core.arena.summary import TrialSummary
    from core.arena.win_rate import EstimatedRate
    from core.dataset.export.counts import ExportCounts

FORMATS = ("lmarena", "trl")
VERDICTS = {
    "better": "better",
    "not-better": "not better by enough",
    "undecided": "undecided: the votes are used up and say neither",
    "open": "open: more votes are needed",
}


@click.group(cls=SubcommandGroup)
def arena() -> None:
    """Say what people's blind comparisons show, and export them.

    People compare with /arena in a chat; admins choose there what meets.
    """


@arena.command()
@click.option("--candidate", default="", metavar="NAME", help="Only trials of this candidate, such as model:NAME.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def report(candidate: str, as_json: bool) -> None:
    """Say what the votes of each trial show."""
    with explained():
        found = asyncio.run(_summaries(load(), candidate))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    elif not found:
        click.echo("There is no such trial. An admin begins one in a chat, with /arena on and the name of a candidate.")
    else:
        click.echo("\n\n".join("\n".join(report_lines(one)) for one in found))


@arena.command()
@click.argument("path", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--format", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@click.option("--anonymizer-seed", metavar="SECRET", help="Replace every id by a hash made with this secret.")
def export(path: Path, format: "VoteFormat", anonymizer_seed: str | None) -> None:
    """Write the votes to PATH (.jsonl or .jsonl.gz; - for standard output).

    lmarena writes a row for each vote, in the columns of LMArena's data sets. trl writes a pair for each question, for
    TRL's preference trainers, without the people and prompts that are never trained on. What people have not agreed to
    share is left out.
    """
    from core.dataset.export.files import STANDARD_OUTPUT

    with explained():
        counts = asyncio.run(_export(load(), path, format, anonymizer_seed))
    name = "standard output" if path == STANDARD_OUTPUT else path
    click.echo(f"{name}: {several(counts.rows, 'row')}", err=path == STANDARD_OUTPUT)
    for line in (*reasons("messages", counts.left_out), *reasons("votes", counts.ratings_left_out)):
        click.echo(line, err=path == STANDARD_OUTPUT)


def report_lines(told: "TrialSummary") -> Iterator[str]:
    """The figures of a trial, one a line."""
    yield f"{told.candidate} against {told.baseline} (trial {told.trial})"
    outcomes = told.outcomes
    yield (
        f"  votes          {told.votes} by {told.people} people: better {outcomes['won']},"
        f" worse {outcomes['lost']}, both good {outcomes['good']}, both bad {outcomes['bad']}"
    )
    yield f"  verdict        {_verdict(told.tested)}"
    yield f"  of held-out    {_verdict(told.held_out)}"
    for name, rate in (
        ("win rate", told.win_rate),
        ("ties as half", told.with_ties),
        ("at equal style", told.same_style),
    ):
        yield f"  {name:14} {_rate(told, rate)}"
    yield f"  style          {told.style['words']:+.0%} words, {told.style['items']:+.0%} list items"
    if told.strength is not None:
        yield f"  Bradley-Terry  {told.strength:+.0f} points"
    if told.shown_first is not None and told.shown_second is not None:
        yield f"  position       wins {told.shown_first:.0%} as A, {told.shown_second:.0%} as B"
    if told.without_one:
        yield f"  without one    {told.without_one[0]:.1%} to {told.without_one[1]:.1%}, whoever is left out"
    if told.agreement is not None:
        yield f"  agreement      alpha {told.agreement:.2f} over {several(told.shared, 'question')}"
    rule = told.rule
    yield (
        f"  rule           {rule.worthwhile:.0%} against {rule.worthless:.0%}, false alarm {rule.false_alarm:.0%},"
        f" missed {rule.missed:.0%}, gives up after {rule.most}"
    )


def _verdict(tested: "TestedVotes") -> str:
    return (
        f"{VERDICTS[tested.verdict]} ({several(tested.preferences, 'choice')} by"
        f" {tested.people} people, log likelihood ratio {tested.ratio:+.2f})"
    )


def _rate(told: "TrialSummary", rate: "EstimatedRate | None") -> str:
    if rate:
        return f"{rate.value:.1%} ({rate.low:.1%} to {rate.high:.1%})"
    return "too few people to say" if told.outcomes["won"] + told.outcomes["lost"] else "nobody has preferred one"


async def _summaries(settings: "ParleySettings", candidate: str) -> "Sequence[TrialSummary]":
    from sqlmodel import Session

    from core.arena import sides
    from core.arena.summary import summary
    from core.store import arena as stored

    await _check(settings)

    def unit(session: Session) -> list[Any]:
        wanted = [one for one in stored.trials(session) if candidate in ("", sides.written(one.candidate))]
        return [(one, stored.votes(session, [one.id])) for one in wanted]

    async with opened(settings.database.url) as store:
        found = await store.read(unit)
    return [await asyncio.to_thread(summary, trial, votes) for trial, votes in found]


async def _export(settings: "ParleySettings", path: Path, format: "VoteFormat", seed: str | None) -> "ExportCounts":
    from functools import partial

    from core.arena.export import export_votes
    from core.dataset.export.consent import ExportSwitches
    from core.dataset.export.held_out import HeldOut
    from core.dataset.export.options import ExportOptions
    from core.models.embedded.default import EMBEDDED
    from core.store.export_switches import switches
    from core.store.model_names import noted
    from core.store.training_people import training_key

    await _check(settings)
    async with opened(settings.database.url) as store:
        allowed = ExportSwitches(exported()).changed(await store.read(switches))
        held_out = HeldOut(await store.write(training_key)) if format == "trl" else None
        # Before that was noted, it was the bundled model, if it is now.
        names = await store.read(partial(noted, always=frozenset({EMBEDDED})))
        options = ExportOptions(
            terms=settings.terms.version, switches=allowed, seed=seed, held_out=held_out, models=names
        )
        return await export_votes(store, format, path, options, sys.stdout.buffer)


async def _check(settings: "ParleySettings") -> None:
    from core.store.engine.migrate import schema

    if await schema(settings.database.url) is None:
        raise StoreError("nobody has compared anything yet; start Parley first, or check database.url")
