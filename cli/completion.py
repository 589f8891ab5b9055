"""`parley completion`: let a shell complete the commands and options of `parley`."""

import click

SHELLS = {
    "bash": 'eval "$(parley completion bash)"  # in ~/.bashrc',
    "zsh": 'eval "$(parley completion zsh)"  # in ~/.zshrc, below compinit',
    "fish": "parley completion fish | source  # in ~/.config/fish/config.fish",
}
"""The line that switches completion on, by shell."""

VARIABLE = "_PARLEY_COMPLETE"
"""The variable by which a shell asks `parley` for completions; click looks for it."""


@click.command(epilog="\b\n" + "\n".join(SHELLS.values()))
@click.argument("shell", type=click.Choice(list(SHELLS)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script with which SHELL completes commands, options and names.

    Put the line for your shell where it begins:
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    template = found(ctx.find_root().command, {}, "parley", VARIABLE)
    # click's own `source` starts bash to ask for its version, which completion does not need to be printed.
    click.echo(template.source_template % template.source_vars())
