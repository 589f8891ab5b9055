"""`parley chat`: talk in the terminal, or pipe a question in and get only the answer."""

import io
import sys
from pathlib import Path

import click
from click.shell_completion import CompletionItem

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def offered(what: str, begun: str) -> list[CompletionItem]:
    """The models, personas or presets that begin with what was typed, for a shell's completion."""
    from cli.chat_choices import values
    from cli.wiring.platforms import load_settings

    return [CompletionItem(value) for value in values(load_settings())[what] if value.startswith(begun)]


@click.command()
@click.argument("question", nargs=-1)
@click.option(
    "--model",
    metavar="NAME",
    help="The model that answers.",
    shell_complete=lambda _, __, begun: offered("model", begun),
)
@click.option(
    "--persona",
    metavar="NAME",
    help="The persona that answers.",
    shell_complete=lambda _, __, begun: offered("persona", begun),
)
@click.option(
    "--preset",
    metavar="NAME",
    help="The preset for sampling.",
    shell_complete=lambda _, __, begun: offered("preset", begun),
)
@click.option("--system", metavar="TEXT", help="What the model is told first, in place of the persona's text.")
@click.option("--file", "files", multiple=True, type=FILE, help="A file to ask about. Can be given several times.")
@click.option("--conversation", metavar="NAME", help="Go on with this conversation, or begin one of this name.")
@click.option("--list", "listing", is_flag=True, help="List your conversations here, the latest first.")
@click.option("--resume", is_flag=True, help="Go on with the last conversation.")
@click.option("--plain", is_flag=True, help="Plain text, as in a pipe.")
@click.option("--reasoning", is_flag=True, help="Show what the model thinks before its answer.")
def chat(
    question: tuple[str, ...],
    model: str | None,
    persona: str | None,
    preset: str | None,
    system: str | None,
    files: tuple[Path, ...],
    conversation: str | None,
    *,
    listing: bool,
    resume: bool,
    plain: bool,
    reasoning: bool,
) -> None:
    """Talk in the terminal.

    With a QUESTION, one piped in, or a QUESTION about a text piped in, print the answer alone and exit: 0 if there is
    one, 1 if there is none or only a part of one, 2 if the command was not understood, 130 if Ctrl-C stopped it.
    Everything beside the answer goes to standard error.

    The choices by --model, --persona, --preset and --system apply to this conversation; “default” resets one.
    """
    if listing and (question or files):
        raise click.UsageError("--list takes no question.")
    if resume and conversation:
        raise click.UsageError("--resume and --conversation exclude each other.")
    if conversation is not None and not conversation.strip():
        raise click.UsageError("--conversation needs a name.")
    piped = bool(question) or not at_terminal()
    words, text = " ".join(question), "" if listing else piped_in()
    if piped and not listing and not (words or text or files):
        raise click.UsageError("There was no question on standard input.")
    for stream in (sys.stdout, sys.stderr):
        # An output that cannot take a character shows a question mark in its place.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    from cli import chat_session
    from cli.chat_choices import ChatRequest

    chosen = {"model": model, "persona": persona, "preset": preset, "system": system}
    request = ChatRequest(
        words,
        text,
        files,
        {name: value for name, value in chosen.items() if value is not None},
        (conversation or "").strip(),
        resume=resume,
        plain=plain or piped,
        reasoning=reasoning,
    )
    sys.exit(chat_session.listed() if listing else chat_session.hold(request))


def at_terminal() -> bool:
    """Whether a person types what we read. Standard input may also be closed."""
    return sys.stdin is not None and sys.stdin.isatty()


def piped_in() -> str:
    """The text on standard input, empty if it is a terminal or closed. Bytes that are not UTF-8 become U+FFFD."""
    if sys.stdin is None or at_terminal():
        return ""
    return sys.stdin.buffer.read().decode("utf-8-sig", "replace").strip()
