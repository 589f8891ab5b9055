"""`parley chat`: talk in the terminal, or pipe a question in and get only the answer."""

import sys

import click


@click.command()
@click.argument("question", nargs=-1)
@click.option("--resume", is_flag=True, help="Go on with the last conversation.")
@click.option("--plain", is_flag=True, help="Plain text, as in a pipe.")
def chat(question: tuple[str, ...], resume: bool, plain: bool) -> None:
    """Talk in the terminal.

    With a QUESTION, or one piped in, print the answer alone and exit: 0 where there is one, 1 where there is none.
    """
    asked = " ".join(question) or ("" if sys.stdin.isatty() else sys.stdin.read().strip())
    piped = bool(question) or not sys.stdin.isatty()
    if piped and not asked:
        raise click.UsageError("There was no question on standard input.")
    from cli import chat_session

    sys.exit(chat_session.hold(asked, resume=resume, plain=plain or piped))
