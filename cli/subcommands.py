"""A command with subcommands, such as `parley models`."""

import click

LONGEST_LINE = 1000
"""The length limit for a command's first sentence, high enough that click never cuts one to the terminal's width."""


class SubcommandGroup(click.Group):
    """A group whose help shows the whole first sentence of each subcommand."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, one.get_short_help_str(LONGEST_LINE)) for name, one in sorted(self.commands.items())]
            )
