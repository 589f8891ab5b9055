"""`parley chat`: talk in the terminal, or pipe a question in and get only the answer."""

import io
import sys

import click


@click.command()
@click.argument("question", nargs=-1)
@click.option("--resume", is_flag=True, help="Go on with the last conversation.")
@click.option("--plain", is_flag=True, help="Plain text, as in a pipe.")
@click.option("--reasoning", is_flag=True, help="Show what the model thinks before its answer.")
def chat(question: tuple[str, ...], resume: bool, plain: bool, reasoning: bool) -> None:
    """Talk in the terminal.

    With a QUESTION, one piped in, or a QUESTION about a text piped in, print the answer alone and exit: 0 if there is
    one, 1 if there is none, 130 if Ctrl-C stopped it.
    """
    piped = bool(question) or not at_terminal()
    asked = "\n\n".join(filter(None, (" ".join(question), piped_in())))
    if piped and not asked:
        raise click.UsageError("There was no question on standard input.")
    for stream in (sys.stdout, sys.stderr):
        # An output that cannot take a character shows a question mark in its place.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    from cli import chat_session

    wanted = chat_session.ChatOptions(resume=resume, plain=plain or piped, reasoning=reasoning)
    sys.exit(chat_session.hold(asked, wanted))


def at_terminal() -> bool:
    """Whether a person types what we read. Standard input may also be closed."""
    return sys.stdin is not None and sys.stdin.isatty()


def piped_in() -> str:
    """The text on standard input, empty if it is a terminal or closed. Bytes that are no UTF-8 become U+FFFD."""
    if sys.stdin is None or at_terminal():
        return ""
    return sys.stdin.buffer.read().decode("utf-8-sig", "replace").strip()
