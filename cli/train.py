"""`parley train`: makes a model of what people rated, ranked and wrote."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cli.interrupt import interruptible
from cli.model_table import table
from cli.open_database import bar, explained, load, opened
from cli.plural import several
from cli.promoted_models import answering_everywhere
from cli.subcommands import SubcommandGroup
from cli.train_progress import TrainingProgress
from cli.wiring.platforms import exported
from core.errors import OperatorError

# The store and the settings take long to import, and the help of a command must not wait for them.
if TYPE_CHECKING:
    from config.settings import ParleySettings
    from core.training.base import TrainingBase
    from core.training.checks import LeftRun
    from core.training.configuration import WantedTraining
    from core.training.environment import TrainingEnvironment
    from core.training.runs import TrainingRun

METHODS = ("dpo", "kto", "sft", "reward")
PRECISIONS = ("q8_0", "f16", "f32")

DAMAGED = "damaged"
"""The state of a run that cannot be read any more."""

Decorated = Callable[..., Any]


def asking(command: Decorated) -> Decorated:
    """Add the options that say how to train to a command."""
    above = click.FloatRange(0, 1, min_open=True)
    for option in reversed(
        (
            click.option(
                "--base", metavar="MODEL", default="", help="bundled, an installed model, a .gguf or a folder."
            ),
            click.option("--keys", metavar="MODEL", default="", help="For a folder: the GGUF of the same model."),
            click.option("--name", default="", help="The name of the run and of its model."),
            click.option("--method", type=click.Choice(METHODS), help="Instead of the best for which there is enough."),
            click.option("--new", is_flag=True, help="Only what the base was not trained on yet."),
            click.option("--least", type=click.IntRange(2), help="Train from so many rows on."),
            click.option("--lora/--whole", default=None, help="An adapter, or all weights (usual up to 500M)."),
            click.option("--merge", is_flag=True, help="With a LoRA: also write the whole model."),
            click.option("--precision", type=click.Choice(PRECISIONS), default="q8_0", show_default=True),
            click.option("--rate", type=above, help="The learning rate, instead of the method's."),
            click.option("--epochs", type=click.FloatRange(0, 100, min_open=True), help="Times through the rows."),
            click.option("--batch", type=click.IntRange(1, 512), default=8, show_default=True, help="Rows at once."),
            click.option("--beta", type=above, default=0.1, show_default=True, help="How near to stay (dpo, kto)."),
            click.option("--length", type=click.IntRange(32, 131_072), default=1024, show_default=True, help="Tokens."),
            click.option("--system", help="The line before each conversation, instead of the first persona's."),
            click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True),
        )
    ):
        command = option(command)
    return command


@click.group(cls=SubcommandGroup, invoke_without_command=True)
@asking
@click.pass_context
def train(context: click.Context, /, base: str, keys: str, **chosen: Any) -> None:
    """Train a model on what people rated, ranked and wrote, or look after earlier runs.

    Without a subcommand it chooses the method by what there is: pairs (dpo), thumbs (kto) or best answers (sft).
    `--method reward` makes a model that ranks answers. It takes only what `parley export` would, and keeps a tenth of
    the people and prompts out for good. Ctrl-C stops it so that `parley train resume` can go on.
    """
    if context.invoked_subcommand:
        return
    with explained():
        settings = load()
        environment, wanted = environment_of(settings), wanted_training(chosen)
        found = find(settings, base, keys)
        run = interruptible(prepared(settings, found, wanted))
        announce(run)
    work(settings, environment, run)


@train.command()
@click.argument("name")
def resume(name: str) -> None:
    """Go on with the run NAME, which was stopped."""
    from core.training.runs import find_run

    with explained():
        settings = load()
        run = find_run(settings.home, name)
        result = run.result
        if result:
            tell_end(run, result)
    work(settings, environment_of(settings), run)


@train.command("list")
def list_runs() -> None:
    """Show all runs."""
    from core.training.runs import all_runs

    with explained():
        settings = load()
        runs = all_runs(settings.home)
        rows = [line(run) for run in runs]
        whole = [run for run, row in zip(runs, rows, strict=True) if DAMAGED not in row]
        gone = {one.run.name: str(one.departures) for one in asyncio.run(left(settings, whole))} if whole else {}
    if not rows:
        click.echo("There is no run yet. `parley train` makes one.")
        return
    click.echo(table(("name", "state", "method", "base", "rows", "people", "made"), rows))
    for name, words in gone.items():
        click.echo(f"{name}: of its people, {words} since; train anew, and remove it.")


@train.command()
@click.argument("name")
def show(name: str) -> None:
    """Show the card of the run NAME, or what it is made of while it has none."""
    import json

    from core.training.runs import CARD, find_run

    with explained():
        settings = load()
        run = find_run(settings.home, name)
        asyncio.run(left(settings, [run]))
        card = run.folder / CARD
        there = card.is_file()
        state, text = run.state, card.read_text("utf-8", "replace") if there else json.dumps(run.record, indent=2)
    click.echo(f"{run.folder} ({state})\n\n{text}")


@train.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Delete the run NAME. A model that came of it stays until `parley models remove`, and can be no base any more."""
    from core.training.runs import find_run, remove_run

    with explained():
        run = find_run(load().home, name)
        if not yes:
            click.confirm(f"Delete {run.folder}?", abort=True)
        remove_run(run)
    click.echo(f"{name} is removed.")


@train.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--without-base", is_flag=True, help="The other machine has the base already.")
@asking
def pack(folder: Path, without_base: bool, base: str, keys: str, **chosen: Any) -> None:
    """Make a run and put all it needs into FOLDER, to train on another machine by one command."""
    from core.training.packing import pack as fill
    from core.training.runs import remove_run

    with explained():
        settings = load()
        run = interruptible(prepared(settings, find(settings, base, keys), wanted_training(chosen), str(folder)))
        with ExitStack() as undo:
            undo.callback(remove_run, run)
            fill(run, folder, with_base=not without_base)
            undo.pop_all()
        run.forget_data()
    announce(run)
    click.echo(f"{folder} is ready: its README.md says what to do there. It holds people's texts; keep it to yourself.")


@train.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def take(file: Path) -> None:
    """Check the FILE that a packed run made on another machine, and make a model of it."""
    from core.training.outcome import finish
    from core.training.packing import take as taken

    with explained():
        settings = load()
        key, agreeing = asyncio.run(key_and_people(settings))
        run = taken(settings.home, file, key, agreeing)
        with run.locked():
            result = finish(settings.home, run, key)
        tell_end(run, result)


def work(settings: "ParleySettings", environment: "TrainingEnvironment", run: "TrainingRun") -> None:
    """Train a run to its end, and say what came of it. The exit code is 1 if it was refused."""
    with explained(), run.locked():
        try:
            result = interruptible(trained(settings, environment, run))
        except KeyboardInterrupt:
            click.echo(f"\nStopped. `parley train resume {run.name}` goes on where it stopped.", err=True)
            sys.exit(130)
        tell_end(run, result)


async def trained(
    settings: "ParleySettings", environment: "TrainingEnvironment", run: "TrainingRun"
) -> Mapping[str, Any]:
    """Train what is left of a run, and judge it."""
    from core.training.checks import check_people, check_ready
    from core.training.outcome import finish
    from core.training.process import run_trainer

    key, agreeing = await key_and_people(settings)
    if run.state != "trained":
        await asyncio.to_thread(check_ready, settings.home, run, key, agreeing)
        await environment.prepare(say)
        await run_trainer(environment.python, run, TrainingProgress())
        # It may have taken a night, in which people have left.
        key, agreeing = await key_and_people(settings)
    await asyncio.to_thread(check_people, run, key, agreeing)
    return await asyncio.to_thread(finish, settings.home, run, key)


async def prepared(
    settings: "ParleySettings", base: "TrainingBase", wanted: "WantedTraining", packed: str = ""
) -> "TrainingRun":
    """Make a run of what is in the database. Raises OperatorError if that is too little."""
    from importlib import metadata

    from core.dataset.export.consent import ExportSwitches
    from core.errors import StoreError
    from core.store.engine.migrate import schema
    from core.store.export_switches import switches
    from core.training.preparation import InstallationFacts, prepare

    if await schema(settings.database.url) is None:
        raise StoreError("there is nothing to train on yet; start Parley first, or check database.url")
    async with opened(settings.database.url) as store:
        allowed = ExportSwitches(exported()).changed(await store.read(switches))
        version = metadata.version("parley-app")
        with bar("messages") as progress:
            here = InstallationFacts(
                settings.home,
                settings.terms.version,
                settings.export.license,
                version,
                allowed,
                next(iter(settings.personas.values())).text,
                progress,
            )
            return await prepare(store, here, base, wanted, say, packed)


async def key_and_people(settings: "ParleySettings") -> tuple[bytes, Mapping[str, bool]]:
    """The key of this installation, by which runs are sealed, and all accounts, each with whether its person agrees."""
    from core.store.training_people import agreeing_accounts, training_key

    async with opened(settings.database.url) as store:
        return await store.write(training_key), await store.read(agreeing_accounts)


async def left(settings: "ParleySettings", runs: "Sequence[TrainingRun]") -> "Sequence[LeftRun]":
    """Those of the runs some of whose people have left since; their cards are made to say so."""
    from core.training.checks import left_runs

    return left_runs(runs, *await key_and_people(settings))


def environment_of(settings: "ParleySettings") -> "TrainingEnvironment":
    """The environment for training: the operator's own, or ours."""
    from core.training.environment import TrainingEnvironment

    given = settings.train.environment
    folder = given or settings.home / "train" / "environment"
    return TrainingEnvironment(folder, settings.train.torch_index, own=given is not None)


def wanted_training(chosen: Mapping[str, Any]) -> "WantedTraining":
    from core.training.configuration import WantedTraining

    return WantedTraining(**chosen)


def find(settings: "ParleySettings", base: str, keys: str) -> "TrainingBase":
    from core.training.base import find_base

    return find_base(settings.home, base or answering_everywhere(settings), keys)


def say(text: str) -> None:
    click.echo(text, err=True)


def announce(run: "TrainingRun") -> None:
    """Say what a run is made of, before it takes its time."""
    from core.training.method_choice import ENOUGH

    record = run.record
    data, what = record["data"], "an adapter (LoRA)" if record["lora"] else "all weights"
    click.echo(
        f"{run.name}: {record['method']} of {what} of {record['base']['name']}, from {several(data['rows'], 'row')} of"
        f" {several(data['people'], 'person', 'people')}; {several(data['held_out_rows'], 'row')} held out."
    )
    if data["rows"] < ENOUGH:
        click.echo(f"With fewer than {ENOUGH} rows, people will hardly notice a difference.", err=True)


def tell_end(run: "TrainingRun", result: Mapping[str, Any]) -> NoReturn:
    """Say what came of a run, and end the command: with 1 if the run was refused."""
    click.echo(concluded(run, result))
    sys.exit(1 if result["state"] == "refused" else 0)


def concluded(run: "TrainingRun", result: Mapping[str, Any]) -> str:
    """Say what came of a run."""
    if result["state"] == "refused":
        if run.record["method"] == "reward":
            return f"{run.name} is refused, since it is no judge of answers: {result['why']}"
        half = f"{run.record['rate'] / 2:g}"
        return (
            f"{run.name} is refused, since it spoiled what the model could: {result['why']}. Smaller steps spoil less:"
            f" `parley train remove {run.name}`, and train again with --rate {half}."
        )
    if run.record["method"] == "reward":
        return f"{run.name} is trained. The setting model.reward lets it rank answers; {run.folder} has its card."
    model = result["model"]
    return (
        f"{run.name} is trained; {run.folder} has its card. `/arena on {model}` in a chat lets people compare it blind,"
        f" and `parley promote {model}` lets it answer."
    )


def line(run: "TrainingRun") -> tuple[str, ...]:
    """A line of the list."""
    try:
        record, _ = run.record, run.people
        data, state = record["data"], run.state
    except OperatorError:
        return (run.name, DAMAGED, "", "", "", "", "")
    made = str(record["made"])[:16].replace("T", " ")
    return (run.name, state, record["method"], record["base"]["name"], str(data["rows"]), str(data["people"]), made)
