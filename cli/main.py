"""The `parley` command. A subcommand is imported when it is used, and its work only when it runs.

So the help of each is quick.
"""

import difflib
import errno
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from importlib import import_module
from itertools import takewhile
from keyword import iskeyword
from types import ModuleType
from typing import Any, cast

import click
from click.shell_completion import CompletionItem

from cli.wiring.platforms import PLATFORMS
from cli.wiring.sealing import seal
from core.errors import OperatorError
from core.private_files import keep_private

COMMANDS = {
    "run": ("cli.run", "Serve the web chat, and whatever else is configured."),
    "ingress": ("cli.ingress", "Receive what people do, for several processes that answer."),
    "worker": ("cli.worker", "Answer people, as one of several processes."),
    "chat": ("cli.chat", "Talk in the terminal, or pipe a question in."),
    **{name: (one.command, f"Connect Parley with {one.title}.") for name, one in PLATFORMS.items() if one.command},
    "models": ("cli.models", "List, pull, use and remove models."),
    "plugin": ("cli.plugin", "Find, install, write and check plugins."),
    "doctor": ("cli.doctor", "Check this installation, and say how to fix it."),
    "web": ("cli.web", "Make a browser an admin of the web page, or take that back."),
    "moderate": ("cli.moderate", "Moderate reported answers and labeling tasks."),
    "export": ("cli.export", "Export what people agreed to share, as a training set."),
    "train": ("cli.train", "Make a model of what people rated, ranked and wrote."),
    "arena": ("cli.arena", "Say what people's blind comparisons show, and export them."),
    "promote": ("cli.promote", "Let another model answer, for all communities or some."),
    "rollback": ("cli.promote", "Let the model answer again that answered before."),
    "import": ("cli.import_", "Read message trees or conversations into labeled trees."),
    "sources": ("cli.sources", "Show and switch what may be exported."),
    "backup": ("cli.backup", "Copy the database of a running installation into one file."),
    "secrets": ("cli.secrets", "Manage the keys that encrypt secrets in the database."),
    "restore": ("cli.backup", "Restore a backup."),
    "completion": ("cli.completion", "Let a shell complete commands, options and names."),
    "version": ("cli.main", "Show the versions of Parley and of Python."),
}
"""Each command's module and its line of help.

In the module it has the command's name, with a _ appended if that is a Python keyword.
"""

OURS = ("bots", "cli", "config", "core", "parley", "plugins")

HELP = frozenset({"-h", "--help"})

GARBAGE_AFTER = 100_000
"""The number of new objects after which the garbage collector runs in a command.

Most new objects come from imports, and stay. With Python's 700, a tenth of a command's time would go into looking
through them. `settle` sets another number for a long-running program.
"""

LOGLESS = frozenset({"completion", "models", "version"})
"""The commands in which nothing of ours logs."""


UNWRITABLE = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    | {errno.EISDIR, errno.ENOTDIR, errno.ELOOP}
)
"""The errors of a file that may not be written, that has no room, or in whose place there is something else."""


def unwritable(error: OSError) -> str:
    """Say in one sentence what could not be written, and what to do."""
    what = f"{error.filename} cannot be written" if error.filename else "a file in PARLEY_HOME cannot be written"
    return f"{what} ({error.strerror}); free some space, make yourself its owner, or name another folder by PARLEY_HOME"


class ParleyGroup(click.Group):
    """A group that lists its commands without importing them, and reports each operator error in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        attribute = f"{name}_" if iskeyword(name) else name
        found: click.Command = getattr(import_module(COMMANDS[name][0]), attribute)
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, without importing them, and our options."""
        found = [CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean `parley {near[0]}`?" if near else " `parley --help` lists the commands."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        ctx.with_resource(console(args))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. An operator error becomes one line and exit code 1; --debug adds a traceback."""
        try:
            return super().invoke(ctx)
        except OperatorError as error:
            if ctx.params["debug"]:
                raise
            from cli.wiring.scrub import SecretScrubber

            # It may name an address with a key in it.
            raise click.ClickException(SecretScrubber(()).text(str(error))) from error
        except OSError as error:
            if ctx.params["debug"] or error.errno not in UNWRITABLE:
                raise
            raise click.ClickException(unwritable(error)) from error
        except click.ClickException as error:
            if ctx.params["debug"] and isinstance(error.__cause__, OperatorError):
                raise error.__cause__ from None
            raise
        except ModuleNotFoundError as error:
            missing = (error.name or "").partition(".")[0]
            if ctx.params["debug"] or missing in OURS:
                raise
            raise click.ClickException(f"{missing} is not installed; `make install` installs it.") from error


def console(arguments: Sequence[str]) -> AbstractContextManager[None]:
    """The log of a command. What logs nothing, as help does, must not wait for the logging library to be imported."""
    asked = takewhile(lambda one: one != "--", arguments)
    if not HELP.isdisjoint(asked):
        return nullcontext()
    if arguments and arguments[0] in LOGLESS:
        from cli.wiring.library_silence import libraries_silent

        return libraries_silent()
    with unfound("rich"):
        from cli.wiring.logs import logging_to_console

    return logging_to_console()


@contextmanager
def unfound(library: str) -> Iterator[None]:
    """Keep a library from being found by those that are imported meanwhile.

    structlog imports rich wherever it finds it, to draw tracebacks. Ours are plain, and rich takes long to import.
    """
    there = library in sys.modules
    # With None in its place, an import of it fails as if it were not installed.
    sys.modules.setdefault(library, cast(ModuleType, None))
    try:
        yield
    finally:
        if not there:
            del sys.modules[library]


@click.group(cls=ParleyGroup, context_settings={"help_option_names": sorted(HELP)})
@click.version_option(package_name="parley-app", prog_name="parley")
@click.option("--debug", is_flag=True, help="Show where in the program an error came from.")
def parley(debug: bool) -> None:
    """Parley: the assistant that a community runs, rates and teaches inside its own chats."""


@click.command()
def version() -> None:
    """Show the versions of Parley and of Python, for a bug report."""
    import platform
    from importlib import metadata

    system = f"{platform.system()} {platform.machine()}"
    click.echo(f"parley {metadata.version('parley-app')}, Python {platform.python_version()}, {system}")


def open_streams() -> None:
    """Let what is written to an output that is closed, as `>&-` closes it, go nowhere.

    Its descriptor is taken too, so that no file of ours gets it and libraries' complaints with it.
    """
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def drop_unwritable() -> None:
    """Drop what cannot be written any more. Python would try again as it ends, and change the exit code to 120."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with open(os.devnull, "w") as nowhere, suppress(OSError, ValueError):
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def main() -> None:
    """Run the command that was typed."""
    gc.set_threshold(GARBAGE_AFTER)
    # Pydantic would look for plugins of its own in all that is installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    open_streams()
    seal()
    keep_private()
    try:
        parley()
    finally:
        # As Python ends, it looks through everything for garbage, which would take as long as a small command.
        gc.freeze()
        drop_unwritable()
