"""The arguments that a model gives for an operation, and where each of them goes in the request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hosting.naming import free, plain
from hosting.openapi.auth import Auth
from hosting.openapi.operations import VARIABLE, Operation
from hosting.openapi.references import followed
from hosting.openapi.schema import COMBINERS, LONGEST_ABOUT, SchemaExpander
from hosting.openapi.security import HEADER_NAME
from hosting.openapi.values import cut, sequence, table

WITH_BODY = frozenset({"post", "put", "patch"})
JSON_TYPE = re.compile(r"application/(?:[\w.+-]+\+)?json\s*(?:;.*)?$", re.IGNORECASE)
OUR_HEADERS = frozenset(
    {"accept", "authorization", "connection", "content-length", "content-type", "cookie", "host"}
    | {"proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)
"""Headers that no model may set."""


@dataclass(frozen=True, slots=True)
class Argument:
    """Where an argument goes: its place in the request and its name there; `whole` is the body itself.

    `style` and `explode` say how a list or an object is written, `style` "json" that it is written as JSON.
    """

    place: Literal["path", "query", "header", "body", "whole"]
    name: str
    style: str = "form"
    explode: bool = True


@dataclass(slots=True)
class OperationInputs:
    """The arguments of an operation, as they are gathered. Not `possible`: something is needed that cannot be given."""

    document: Mapping[str, Any]
    operation: Operation
    auth: Auth
    arguments: dict[str, Argument] = field(default_factory=dict)
    possible: bool = True
    body: bool = False
    _properties: dict[str, Any] = field(default_factory=dict)
    _required: list[str] = field(default_factory=list)
    _expander: SchemaExpander = field(init=False)

    def __post_init__(self) -> None:
        self._expander = SchemaExpander(self.document)
        operation = self.operation
        listed = [*sequence(operation.item.get("parameters")), *sequence(operation.described.get("parameters"))]
        parameters = [followed(self.document, one) for one in listed]
        # An operation's own parameter stands in for its path's.
        for one in {(one.get("in"), one.get("name")): one for one in parameters}.values():
            self._take_parameter(one)
        named = {argument.name for argument in self.arguments.values() if argument.place == "path"}
        self.possible = self.possible and named == set(VARIABLE.findall(operation.path))
        if operation.method in WITH_BODY:
            self._take_body(followed(self.document, operation.described.get("requestBody")))

    def schema(self) -> Mapping[str, Any]:
        """The schema of all arguments together."""
        found: dict[str, Any] = {"type": "object", "properties": self._properties, "additionalProperties": False}
        return found | {"required": self._required} if self._required else found

    def _take_parameter(self, parameter: Mapping[str, Any]) -> None:
        place, name = parameter.get("in"), str(parameter.get("name") or "")
        required = parameter.get("required") is True or place == "path"
        style = str(parameter.get("style") or "")
        if place not in ("path", "query", "header") or style in ("label", "matrix"):
            self.possible = self.possible and not required
            return
        if place == "header" and (name.lower() in OUR_HEADERS or not HEADER_NAME.fullmatch(name)):
            return
        if self.auth.kind == place and self.auth.field.lower() == name.lower():
            return
        media = next(iter(table(parameter.get("content")).values()), None)
        described = table(media).get("schema") if media is not None else parameter.get("schema")
        schema = self._expander.expanded(described)
        if parameter.get("description"):
            schema = {**schema, "description": cut(str(parameter["description"]), LONGEST_ABOUT)}
        style = "json" if media is not None else style or "form"
        explode = bool(parameter.get("explode", style == "form"))
        self._add(name, Argument(place, name, style, explode), schema, required=required)

    def _take_body(self, body: Mapping[str, Any]) -> None:
        media = next((one for kind, one in table(body.get("content")).items() if JSON_TYPE.match(kind)), None)
        required = body.get("required") is True
        if media is None:
            self.possible = self.possible and not required
            return
        self.body = required
        described = followed(self.document, table(media).get("schema"))
        schema = self._expander.expanded(table(media).get("schema"))
        inside = table(schema.get("properties"))
        readable = table(described.get("properties"))
        if not inside or inside.keys() & self.arguments.keys() or schema.keys() & set(COMBINERS):
            self._add("body", Argument("whole", "body"), schema, required=required)
            return
        for name, one in inside.items():
            if followed(self.document, readable.get(name)).get("readOnly") is not True:
                needed = required and name in schema.get("required", ())
                self._add(name, Argument("body", name), one, required=needed)

    def _add(self, name: str, argument: Argument, schema: Mapping[str, Any], *, required: bool) -> None:
        mine = free(plain(name) or "_", self.arguments)
        self.arguments[mine] = argument
        self._properties[mine] = schema
        if required:
            self._required.append(mine)
