"""`parley plugin`: find, install, update and remove plugins for this machine; write new ones, and check them.

A command's work is imported when it runs, so that its help is quick.
"""

import click

from cli.subcommands import SubcommandGroup


@click.group(cls=SubcommandGroup)
def plugin() -> None:
    """Find, install, write and check plugins."""


@plugin.command("list")
def show() -> None:
    """List the plugins."""
    from cli import plugin_listing

    plugin_listing.show()


@plugin.command()
@click.argument("words", nargs=-1)
def search(words: tuple[str, ...]) -> None:
    """Search the catalogue."""
    from cli import plugin_listing

    plugin_listing.search(words)


@plugin.command()
@click.argument("name")
def info(name: str) -> None:
    """Show everything about a plugin."""
    from cli import plugin_listing

    plugin_listing.tell(name)


@plugin.command()
@click.argument("source")
@click.option("--yes", is_flag=True, help="Agree to the permissions that it asks for.")
@click.option(
    "--only",
    multiple=True,
    metavar="KIND:VALUE",
    help="Only these operations of an OpenAPI description: tag:NAME, path:/PREFIX, id:OPERATION, search:WORDS. Several"
    " of one kind: any of them; several kinds: all of them.",
)
def install(source: str, yes: bool, only: tuple[str, ...]) -> None:
    """Install a plugin from SOURCE: a name in the catalogue, a file or folder, a package (name==1.2.3), git+https://…,
    or the address of an OpenAPI description or an ai-plugin.json."""
    from cli import plugin_installation

    plugin_installation.install(source, yes=yes, only=only)


@plugin.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Agree to the additional permissions that it asks for.")
def update(name: str, yes: bool) -> None:
    """Look for a newer version, try it, and switch to it; the earlier version stays for `rollback`."""
    from cli import plugin_installation

    plugin_installation.update(name, yes=yes)


@plugin.command()
@click.argument("name")
def rollback(name: str) -> None:
    """Go back to the earlier version."""
    from cli import plugin_installation

    plugin_installation.rollback(name)


@plugin.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove a plugin and everything that it has stored."""
    from cli import plugin_installation

    plugin_installation.remove(name, yes=yes)


@plugin.command()
@click.argument("name")
@click.option("--in", "community", default="", help="Only one community, as discord:ID.", metavar="PLATFORM:ID")
def enable(name: str, community: str) -> None:
    """Switch a plugin on, in every community or in one."""
    from cli import plugin_switches

    plugin_switches.switch(name, community, on=True)


@plugin.command()
@click.argument("name")
@click.option("--in", "community", default="", help="Only one community, as discord:ID.", metavar="PLATFORM:ID")
def disable(name: str, community: str) -> None:
    """Switch a plugin off, in every community or in one."""
    from cli import plugin_switches

    plugin_switches.switch(name, community, on=False)


@plugin.command()
@click.argument("name")
@click.argument("setting")
@click.argument("value", default="")
@click.option("--in", "community", default="", help="Only one community, as discord:ID.", metavar="PLATFORM:ID")
def config(name: str, setting: str, value: str, community: str) -> None:
    """Change a plugin's setting in every community or in one; without a value, reset it."""
    from cli import plugin_switches

    plugin_switches.configure(name, setting, value, community)


@plugin.command()
@click.argument("name")
@click.argument("key")
@click.option("--delete", is_flag=True, help="Delete the secret.")
def secret(name: str, key: str, delete: bool) -> None:
    """Store the secret KEY of the plugin NAME, encrypted; it is read without echo, or from standard input."""
    from cli import plugin_secrets

    plugin_secrets.store(name, key, delete=delete)


@plugin.command()
@click.argument("source", default="")
def advisories(source: str) -> None:
    """Compare installed libraries with known advisories; first fetch a new list, if you name a file or an address."""
    from cli import plugin_listing

    plugin_listing.compare(source)


@plugin.command()
@click.argument("name")
@click.option("--package", is_flag=True, help="A package with a pyproject.toml, for a plugin of several files.")
def new(name: str, package: bool) -> None:
    """Create a working plugin, with a test."""
    from cli import plugin_template

    plugin_template.new(name, package=package)


@plugin.command()
@click.argument("source")
def check(source: str) -> None:
    """Start a plugin as Parley would, and compare what it does with its manifest."""
    from cli import plugin_authoring

    plugin_authoring.check(source)
