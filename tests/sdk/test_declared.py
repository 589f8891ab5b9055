"""parley.declared: from typed functions to what a model and people are offered."""

from types import ModuleType, SimpleNamespace
from typing import Annotated, Any, Literal

import pytest

from parley import Context, ManifestError, PluginError, command, declared, tool

CONTEXT: Any = SimpleNamespace(language="en")


def module(**functions: Any) -> ModuleType:
    """A module with these functions in it."""
    made = ModuleType("a_plugin")
    for name, function in functions.items():
        function.__module__ = made.__name__
        setattr(made, name, function)
    return made


async def test_one_declaration_is_a_tool_and_a_command() -> None:
    @tool(shown="rolled {sides}")
    @command
    async def roll(
        ctx: Context, sides: Annotated[int, "how many sides"] = 6, kind: Literal["fair", "loaded"] = "fair"
    ) -> str:
        """Roll a die.

        More that nobody needs.
        """
        return f"{kind} {sides} {ctx.language}"

    (found,) = declared(module(roll=roll)).tools
    assert (found.tool, found.command, found.description, found.confirm) == ("roll", "roll", "Roll a die.", False)
    assert found.schema["properties"]["sides"] == {
        "default": 6,
        "description": "how many sides",
        "title": "Sides",
        "type": "integer",
    }
    assert [(option.name, option.required, option.values) for option in found.options] == [
        ("sides", False, ()),
        ("kind", False, ("fair", "loaded")),
    ]
    assert (await found.call(CONTEXT, {"sides": "20"})).text == "fair 20 en"
    with pytest.raises(PluginError, match="sides"):
        await found.call(CONTEXT, {"sides": "many"})
    with pytest.raises(PluginError, match="other"):
        await found.call(CONTEXT, {"other": 1})


def blocking() -> Any:
    @tool  # type: ignore[type-var] # that is the point
    def roll() -> str:
        """Roll."""
        return "1"

    return roll


def wordless() -> Any:
    @tool
    async def roll() -> str:
        return "1"

    return roll


def hintless() -> Any:
    @tool
    async def roll(sides) -> str:  # type: ignore[no-untyped-def] # that is the point
        """Roll."""
        return "1"

    return roll


def starred() -> Any:
    @tool
    async def roll(*sides: int) -> str:
        """Roll."""
        return "1"

    return roll


@pytest.mark.parametrize(
    ("make", "words"),
    [(blocking, "not async"), (wordless, "no docstring"), (hintless, "no type hint"), (starred, r"\*sides")],
)
def test_what_cannot_be_offered_is_said(make: Any, words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        declared(module(roll=make()))


def test_all_that_is_wrong_with_a_function_is_said_at_once() -> None:
    @command  # type: ignore[type-var] # that is the point
    def roll(sides, dice: dict[str, int]) -> str:  # type: ignore[no-untyped-def]
        return "1"

    with pytest.raises(ManifestError) as told:
        declared(module(roll=roll))
    for words in ("not async", "no docstring", "sides has no type hint", "people cannot type dice"):
        assert words in str(told.value)


def test_a_module_that_offers_nothing_is_said() -> None:
    with pytest.raises(ManifestError, match="offers nothing"):
        declared(module())


def test_what_people_cannot_type_is_for_models_alone() -> None:
    @tool
    async def sort(words: list[str], reverse: bool | None = None) -> str:
        """Sort words."""
        return " ".join(sorted(words, reverse=bool(reverse)))

    assert declared(module(sort=sort)).tools[0].tool == "sort"
    with pytest.raises(ManifestError, match="people cannot type words"):
        declared(module(sort=command(sort)))
