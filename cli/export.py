"""`parley export`: writes what people contributed to a file for training."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from cli.open_database import bar, explained, load, opened
from cli.plural import several
from cli.wiring.platforms import exported
from core.errors import OperatorError, StoreError
from core.labeling.rules.vocabulary import TreeState

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from config.settings import ParleySettings
    from core.dataset.export.counts import ExportCounts
    from core.dataset.export.dataset_card import CardFacts
    from core.dataset.export.options import ExportOptions
    from core.store.engine.database import Database

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
                help="For labeled trees; may be given several times  [default: ready_for_export, or all with --only-…]",
            ),
            click.option(
                "--user",
                metavar="ID",
                default="",
                help="Only what this person wrote or asked for: their id, PLATFORM:ID, or the id in an export.",
            ),
            click.option("--limit", type=click.IntRange(1), help="At most so many rows."),
            click.option("--lang", "langs", multiple=True, metavar="TAG", help="Trees begun in this language."),
            click.option("--from", "since", type=day, help="Trees begun on this day (UTC) or later."),
            click.option("--until", type=day, help="Trees begun before this day (UTC)."),
            click.option("--include-deleted", is_flag=True, help="Include what moderators deleted."),
            click.option("--include-spam", is_flag=True, help="Include what most reviewers call spam."),
            click.option("--include-rejected", is_flag=True, help="Include what reviewers rejected or left undecided."),
            click.option("--only-deleted", is_flag=True, help="Nothing but what moderators deleted."),
            click.option("--only-spam", is_flag=True, help="Nothing but what most reviewers call spam."),
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
            click.option("--top-k", type=click.IntRange(1), help="At most the best K answers to a message (sft)."),
            click.option("--prompts-only", is_flag=True, help="Only the prompts that conversations begin with."),
            click.option(
                "--split",
                type=click.Choice(("train", "validation")),
                help="One side of a split; no tree and no author is on both.",
            ),
            click.option(
                "--validation-share", type=click.FloatRange(0, 1), default=0.1, show_default=True, help="For --split."
            ),
            click.option("--split-key", metavar="TEXT", default="", help="Another key makes another split."),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--format", type=click.Choice(NAMES), default=NAMES[0], show_default=True)
@choosing
@click.option("--pairs", type=click.Choice(PAIRS), default=PAIRS[0], show_default=True, help="Pairs of each ranking.")
@click.option("--events", is_flag=True, help="Add raw rankings, scores and reports (oasst).")
@click.option("--anonymizer-seed", metavar="SECRET", help="Replace every id by a hash made with this secret.")
@click.option("--meta", is_flag=True, help="Add the origin of each row (sft, preference, reward, kto).")
@click.option("--card", is_flag=True, help="Write a data set card, README.md, beside PATH.")
def export(path: Path, format: str, card: bool, **chosen: Any) -> None:
    """Write people's contributions to PATH (.jsonl, .jsonl.gz, or .parquet for hf; - for standard output).

    It leaves out everything of people who have not agreed to the current terms, and everything that `parley sources`
    does not allow.
    """
    from core.dataset.export import folder_card as cards
    from core.dataset.export.exporter import check
    from core.dataset.export.files import STANDARD_OUTPUT

    with explained():
        settings = load()
        given = options(settings, watched=card, **chosen)
        check(format, path, given)
        if card and path == STANDARD_OUTPUT:
            raise OperatorError("--card: a card is written beside a file, and standard output is none")
        if card:
            cards.place(path)
        counts = asyncio.run(_export(settings.database.url, format, path, given))
        if card:
            cards.write(path, _about(settings, format, chosen), counts)
    click.echo("\n".join(summary(path, format, counts)), err=path == STANDARD_OUTPUT)


def options(settings: "ParleySettings", *, watched: bool, **chosen: Any) -> "ExportOptions":
    """Turn the command-line options into the options of the export."""
    from core.dataset.export.annotations import PseudonymIds
    from core.dataset.export.options import READY, ExportOptions
    from core.dataset.export.selection import ExportSelection
    from core.dataset.export.split import DataSplit

    # What was deleted, or is spam, is mostly in trees that were stopped, and below messages that were rejected.
    only = chosen["only_deleted"] or chosen["only_spam"]
    states = chosen["states"] or ((ALL,) if only else READY)
    choice = ExportSelection(
        langs=frozenset(chosen["langs"]),
        since=_utc(chosen["since"]),
        until=_utc(chosen["until"]),
        deleted=chosen["include_deleted"] or only,
        rejected=chosen["include_rejected"] or only,
        synthetic=chosen["synthetic"],
        min_reviews=chosen["min_reviews"],
        most=dict(chosen["most"]),
        least=dict(chosen["least"]),
        prompts_only=chosen["prompts_only"],
        top=chosen["top_k"],
        only_deleted=chosen["only_deleted"],
        only_spam=chosen["only_spam"],
        user=chosen["user"],
        ids=PseudonymIds(chosen["anonymizer_seed"]),
    )
    side = chosen["split"]
    return ExportOptions(
        terms=settings.terms.version,
        seed=chosen["anonymizer_seed"],
        meta=chosen["meta"],
        what=chosen["what"],
        states=None if ALL in states else tuple(states),
        choice=choice,
        spam=chosen["include_spam"] or only,
        events=chosen["events"],
        mode=chosen["pairs"],
        watched=watched,
        split=DataSplit(side, chosen["validation_share"], chosen["split_key"]) if side else None,
        limit=chosen["limit"],
    )


def summary(path: Path, format: str, counts: "ExportCounts") -> Iterator[str]:
    """Yield lines that say what was written, and what was left out and why."""
    from core.dataset.export.files import STANDARD_OUTPUT
    from core.dataset.formats import kto

    name = "standard output" if path == STANDARD_OUTPUT else path
    yield f"{name}: {several(counts.rows, 'row')} from {several(counts.messages, 'message')}"
    if format == "kto":
        desirable, undesirable = kto.weights(counts)
        yield f"  {counts.good} good, {counts.bad} bad: desirable_weight={desirable} undesirable_weight={undesirable}"
    yield from reasons("messages", counts.left_out)
    yield from reasons("ratings", counts.ratings_left_out)
    if counts.passed_over:
        yield "trees in other states (--state):"
    for state, number in sorted(counts.passed_over.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {number} {state}"


def reasons(what: str, left_out: Mapping[str, int]) -> Iterator[str]:
    """Yield lines that say how much of something was left out, and why."""
    from core.dataset.export.counts import REASONS

    if left_out:
        yield f"{what} left out:"
    for reason, number in sorted(left_out.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {number} {REASONS[reason]}"


def _about(settings: "ParleySettings", format: str, chosen: Mapping[str, Any]) -> "CardFacts":
    from importlib import metadata

    from core.dataset.export.dataset_card import CardFacts

    # The seed is a secret: anyone who knows it can link the ids back to people.
    hidden = {"anonymizer_seed", "split_key"} | ({"pairs"} if format not in ("preference", "reward") else set())
    hidden |= set() if chosen["split"] else {"validation_share"}
    given = {name: value for name, value in chosen.items() if value and name not in hidden}
    shown = {f"--{SPELT.get(name, name.replace('_', '-'))}": _shown(value) for name, value in given.items()}
    shown["ids"] = "hidden" if chosen["anonymizer_seed"] else "plain"
    version, split = metadata.version("parley-app"), chosen["split"] or "train"
    return CardFacts(format, settings.export.license, settings.terms.version, version, shown, split)


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
    from functools import partial

    from core.dataset.export.consent import ExportSwitches
    from core.dataset.export.exporter import export as write
    from core.models.embedded.default import EMBEDDED
    from core.store.engine.migrate import schema
    from core.store.export_switches import switches
    from core.store.model_names import noted

    if await schema(url) is None:
        raise StoreError("there is nothing to export yet; start Parley first, or check database.url")
    async with opened(url) as store:
        user = await person(store, options.choice.user)
        choice = replace(options.choice, user=user)
        allowed = ExportSwitches(exported()).changed(await store.read(switches))
        # Answers from before the model was noted are by the bundled model, if that is still the one in use.
        names = await store.read(partial(noted, always=frozenset({EMBEDDED})))
        options = replace(options, switches=allowed, choice=choice, models=names)
        with bar("messages") as progress:
            return await write(store, format, path, options, progress, stream=sys.stdout.buffer)


async def person(store: "Database", name: str) -> str:
    """The id of a person, given as PLATFORM:ID; anything else as it is. Raises OperatorError if nobody has it."""
    from core.messages import User
    from core.store.identities import known_person

    platform, colon, platform_id = name.partition(":")
    if not colon:
        return name
    found = await store.read(lambda session: known_person(session, platform, User(platform_id, "")))
    if found is None:
        raise OperatorError(f"nobody is known as {platform_id!r} on {platform!r}")
    return found
