"""`parley export`: writes what people contributed to a file for training."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from cli.stored import bar, explained, load, opened
from cli.wiring.platforms import exported
from core.errors import StoreError
from core.labeling.rules.vocabulary import TreeState

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from config.settings import ParleySettings
    from core.dataset.export.counts import ExportCounts
    from core.dataset.export.dataset_card import CardFacts
    from core.dataset.export.options import ExportOptions

NAMES = ("oasst-trees", "oasst-messages", "oasst-threads", "hf", "sft", "preference", "reward", "kto")
PAIRS = ("best_vs_worst", "adjacent", "all")
STATES = get_args(TreeState)
ALL = "all"

SPELT = {"states": "state", "langs": "lang", "since": "from", "most": "max-label", "least": "min-label"}
"""Options whose name on the command line differs from the one in the code."""

Decorated = Callable[..., Any]


class LabelBound(click.ParamType[tuple[str, float]]):
    """A parameter of the form NAME=VALUE: a label and a value from 0 to 1."""

    name = "name=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        name, _, number = str(value).partition("=")
        try:
            bound = float(number)
        except ValueError:
            bound = -1.0
        if not name or not 0 <= bound <= 1:
            self.fail(f"{value!r} is not a label and a value from 0 to 1, as in quality=0.5", param, ctx)
        return name, bound


def choosing(command: Decorated) -> Decorated:
    """Add the options that select messages to a command."""
    day = click.DateTime(formats=["%Y-%m-%d"])
    for option in reversed(
        (
            click.option("--what", type=click.Choice(("trees", "chats", "both")), default="both", show_default=True),
            click.option(
                "--state",
                "states",
                multiple=True,
                type=click.Choice((*STATES, ALL)),
                default=("ready_for_export",),
                show_default=True,
                help="For labeled trees; may be given several times.",
            ),
            click.option("--lang", "langs", multiple=True, metavar="TAG", help="Trees begun in this language."),
            click.option("--from", "since", type=day, help="Trees begun on this day (UTC) or later."),
            click.option("--until", type=day, help="Trees begun before this day (UTC)."),
            click.option("--include-deleted", is_flag=True, help="Include what moderators deleted."),
            click.option("--include-spam", is_flag=True, help="Include what most reviewers call spam."),
            click.option("--include-rejected", is_flag=True, help="Include what reviewers rejected or left undecided."),
            click.option(
                "--synthetic", type=click.Choice(("include", "exclude", "only")), default="include", show_default=True
            ),
            click.option(
                "--min-reviews", type=click.IntRange(0), default=0, help="Least reviews of a labeled message."
            ),
            click.option(
                "--max-label", "most", type=LabelBound(), multiple=True, help="Highest value of a label: spam=0.5."
            ),
            click.option(
                "--min-label",
                "least",
                type=LabelBound(),
                multiple=True,
                help="Lowest value of a label: quality=0.5.",
            ),
            click.option("--top-k", type=click.IntRange(1), help="Only the best replies by rank (sft)."),
            click.option("--prompts-only", is_flag=True, help="Only the prompts that conversations begin with."),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", type=click.Choice(NAMES), default=NAMES[0], show_default=True)
@choosing
@click.option("--pairs", type=click.Choice(PAIRS), default=PAIRS[0], show_default=True, help="Pairs of each ranking.")
@click.option("--events", is_flag=True, help="Add raw rankings, scores and reports (oasst).")
@click.option("--anonymizer-seed", metavar="SECRET", help="Replace every id by a hash made with this secret.")
@click.option("--meta", is_flag=True, help="Add the origin of each row (sft, preference, reward, kto).")
@click.option("--card", is_flag=True, help="Write a data set card, README.md, beside PATH.")
def export(path: Path, format: str, card: bool, **chosen: Any) -> None:
    """Write people's contributions to PATH (.jsonl, .jsonl.gz, or .parquet for hf).

    It leaves out everything of people who have not agreed to the current terms, and everything that `parley sources`
    does not allow.
    """
    from core.dataset.export import dataset_card as cards
    from core.dataset.export.exporter import check

    with explained():
        settings = load()
        given = options(settings, watched=card, **chosen)
        check(format, path, given)
        if card:
            cards.place(path)
        counts = asyncio.run(_export(settings.database.url, format, path, given))
        if card:
            cards.write(path, _about(settings, format, chosen), counts)
    click.echo("\n".join(summary(path, format, counts)))


def options(settings: "ParleySettings", *, watched: bool, **chosen: Any) -> "ExportOptions":
    """Turn the command-line options into the options of the export."""
    from core.dataset.export.options import ExportOptions
    from core.dataset.export.selection import ExportSelection

    choice = ExportSelection(
        langs=frozenset(chosen["langs"]),
        since=_utc(chosen["since"]),
        until=_utc(chosen["until"]),
        deleted=chosen["include_deleted"],
        rejected=chosen["include_rejected"],
        synthetic=chosen["synthetic"],
        min_reviews=chosen["min_reviews"],
        most=dict(chosen["most"]),
        least=dict(chosen["least"]),
        prompts_only=chosen["prompts_only"],
        top=chosen["top_k"],
    )
    return ExportOptions(
        terms=settings.terms.version,
        seed=chosen["anonymizer_seed"],
        meta=chosen["meta"],
        what=chosen["what"],
        states=None if ALL in chosen["states"] else tuple(chosen["states"]),
        choice=choice,
        spam=chosen["include_spam"],
        events=chosen["events"],
        mode=chosen["pairs"],
        watched=watched,
    )


def summary(path: Path, format: str, counts: "ExportCounts") -> Iterator[str]:
    """Yield lines that say what was written, and what was left out and why."""
    from core.dataset.formats import kto

    yield f"{path}: {counts.rows} rows from {counts.messages} messages"
    if format == "kto":
        desirable, undesirable = kto.weights(counts)
        yield f"  {counts.good} good, {counts.bad} bad: desirable_weight={desirable} undesirable_weight={undesirable}"
    yield from _reasons("messages", counts.left_out)
    yield from _reasons("ratings", counts.ratings_left_out)
    if counts.passed_over:
        yield "trees in other states (--state):"
    for state, number in sorted(counts.passed_over.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {number} {state}"


def _reasons(what: str, left_out: Mapping[str, int]) -> Iterator[str]:
    from core.dataset.export.counts import REASONS

    if left_out:
        yield f"{what} left out:"
    for reason, number in sorted(left_out.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {number} {REASONS[reason]}"


def _about(settings: "ParleySettings", format: str, chosen: Mapping[str, Any]) -> "CardFacts":
    from importlib import metadata

    from core.dataset.export.dataset_card import CardFacts

    # The seed is a secret: anyone who knows it can link the ids back to people.
    hidden = {"anonymizer_seed"} | ({"pairs"} if format not in ("preference", "reward") else set())
    given = {name: value for name, value in chosen.items() if value and name not in hidden}
    shown = {f"--{SPELT.get(name, name.replace('_', '-'))}": _shown(value) for name, value in given.items()}
    shown["ids"] = "hidden" if chosen["anonymizer_seed"] else "plain"
    return CardFacts(format, settings.export.license, settings.terms.version, metadata.version("parley-app"), shown)


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, tuple):
        return ", ".join("=".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in value)
    return str(value)


def _utc(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None


async def _export(url: str, format: str, path: Path, options: "ExportOptions") -> "ExportCounts":
    from dataclasses import replace

    from core.dataset.export.consent import ExportSwitches
    from core.dataset.export.exporter import export as write
    from core.store.engine.migrate import schema
    from core.store.export_switches import switches

    if await schema(url) is None:
        raise StoreError("there is nothing to export yet; start Parley first, or check database.url")
    async with opened(url) as store:
        options = replace(options, switches=ExportSwitches(exported()).changed(await store.read(switches)))
        with bar("messages") as progress:
            return await write(store, format, path, options, progress)
