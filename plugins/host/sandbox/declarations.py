"""Checks the form and size of what a plugin's process declares that it offers, before it is used.

Declarations are stored in the database and read at every start, so nothing malformed may get there.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from core.outside_text import cleaned_value

MOST_TOOLS, MOST_OPTIONS, MOST_NAMES = 200, 100, 200
LONGEST_NAME, LONGEST_TEXT = 200, 20_000
LARGEST = 1024 * 1024
"""The most characters of all declared tools as JSON."""

Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
ToldOption = tuple[Name, Text, bool, Annotated[list[Text], Field(max_length=MOST_NAMES)]]


class _StrictModel(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class ToldNames(_StrictModel):
    """The fields of a tool that are Parley's own."""

    tool: Name
    command: Name
    shown: Text
    admin: bool
    options: list[ToldOption] = Field(max_length=MOST_OPTIONS)


class ToldMeta(_StrictModel):
    """The `_meta` field, where MCP keeps fields that are not its own."""

    parley: ToldNames


class ToldAnnotations(_StrictModel):
    """MCP's annotations about a tool's effects."""

    read_only: bool = Field(alias="readOnlyHint")


class ToldTool(_StrictModel):
    """A tool as `parley.serve.shape` describes it."""

    name: Name
    description: Text
    schema_: dict[str, Any] = Field(alias="inputSchema")
    annotations: ToldAnnotations
    meta: ToldMeta = Field(alias="_meta")


class ToldOffers(_StrictModel):
    """The names of the hooks and of the scheduled functions."""

    hooks: list[Name] = Field(max_length=MOST_NAMES)
    scheduled: list[Name] = Field(max_length=MOST_NAMES)


TOOLS = TypeAdapter(Annotated[list[ToldTool], Field(max_length=MOST_TOOLS)])


def checked_tools(tools: Any) -> Sequence[Mapping[str, Any]]:
    """The tools, with only the known fields. Raises ValueError, with a one-line text, if they are malformed."""
    try:
        found: list[Mapping[str, Any]] = TOOLS.dump_python(TOOLS.validate_python(tools), mode="json", by_alias=True)
    except (ValidationError, RecursionError) as error:
        raise ValueError(f"its tools are not as they should be: {_first(error)}") from None
    return found


def checked(tools: Any, offers: Any) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]:
    """The tools, and the hooks and scheduled functions, cleaned. Raises ValueError if malformed or too large."""
    found = [cleaned_value(one) for one in checked_tools(tools)]
    try:
        named = ToldOffers.model_validate(offers).model_dump()
    except ValidationError as error:
        raise ValueError(f"its hooks are not as they should be: {_first(error)}") from None
    if len(json.dumps(found)) > LARGEST:
        raise ValueError(f"its tools have more than {LARGEST} characters")
    return found, cleaned_value(named)


def _first(error: ValidationError | RecursionError) -> str:
    """The first fault, without the value that was given."""
    if isinstance(error, RecursionError):
        return "they are nested too deeply"
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc']))[:100]}: {first['msg']}"[:300]
