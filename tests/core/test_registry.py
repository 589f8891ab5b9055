"""core.commands.registry: declared once, parsed the same for every surface."""

import pytest

from core.commands.registry import Command, CommandGroup, CommandOption, CommandRegistry, parse
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import User
from core.rights import Role
from core.texts import LocalizedTexts
from tests.core.test_texts import LOCALES


async def nothing(call: CommandCall) -> None:
    return


RATE = Command(
    "rate",
    "rate",
    nothing,
    (CommandOption("thumb", required=True, values=lambda: ("up", "down")), CommandOption("reason")),
)


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ({"": "up"}, {"thumb": "up"}),
        ({"": "down  it was wrong "}, {"thumb": "down", "reason": "it was wrong"}),
        ({"thumb": "up", "reason": "good"}, {"thumb": "up", "reason": "good"}),
    ],
)
def test_arguments_come_from_a_typed_line_or_from_native_options(
    given: dict[str, str], arguments: dict[str, str]
) -> None:
    assert parse(RATE, given) == arguments


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"": ""}, "command-usage"),
        ({"": "sideways"}, "command-bad-value"),
        ({"thumb": "up", "colour": "red"}, "command-stray"),
    ],
)
def test_wrong_arguments_are_explained(given: dict[str, str], key: str) -> None:
    with pytest.raises(UserError) as refused:
        parse(RATE, given)
    assert refused.value.key == key


def test_a_command_without_options_takes_nothing() -> None:
    with pytest.raises(UserError):
        parse(Command("new", "talk", nothing), {"": "now"})


def test_the_usage_shows_what_is_required() -> None:
    assert RATE.usage == "/rate <thumb> [reason]"


def test_two_features_cannot_declare_the_same_command() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        CommandRegistry([CommandGroup(commands=(RATE,)), CommandGroup(commands=(RATE,))])


def test_a_menu_shows_admin_commands_to_admins_alone() -> None:
    menu = CommandRegistry([CommandGroup(commands=(RATE, Command("stats", "community", nothing, needs=Role.ADMIN)))])
    texts = LocalizedTexts(LOCALES)
    assert [command.name for command in menu.help(User("1", "Ana"), texts)] == ["rate"]
    assert [command.name for command in menu.help(User("1", "Ana", admin=True), texts)] == ["rate", "stats"]


@pytest.mark.parametrize(
    ("said", "shown"), [("Rolls dice.", "Rolls dice"), ("掷骰子。", "掷骰子"), ("Rolls dice", "Rolls dice")]
)
def test_a_menu_shows_phrases_whichever_way_a_plugin_ends_its_description(said: str, shown: str) -> None:
    menu = CommandRegistry([CommandGroup(commands=(Command("roll", "plugins", nothing, description=said),))])
    assert [command.description for command in menu.help(User("1", "Ana"), LocalizedTexts(LOCALES))] == [shown]


@pytest.mark.parametrize(
    ("said", "shown"),
    [("Look something up in Wikipedia.", "Etwas in der Wikipedia nachschlagen"), ("Add a page.", "Add a page")],
)
def test_a_menu_translates_what_a_command_of_ours_does_and_of_no_namesake(said: str, shown: str) -> None:
    menu = CommandRegistry([CommandGroup(commands=(Command("wikipedia", "plugins", nothing, description=said),))])
    ana = User("1", "Ana", language="de")
    assert [command.description for command in menu.help(ana, LocalizedTexts(LOCALES))] == [shown]
