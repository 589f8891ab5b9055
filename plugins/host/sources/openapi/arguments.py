"""The arguments that a model gives for an operation, and where each of them goes in the request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugins.host.sources.openapi.auth import KeyPlacement
from plugins.host.sources.openapi.body import (
    FILE_SCHEMA,
    BodyFormat,
    BodyKind,
    chosen_media,
    form_field,
    is_list_of_files,
)
from plugins.host.sources.openapi.coverage import OperationRefused
from plugins.host.sources.openapi.operations import VARIABLE, ApiOperation
from plugins.host.sources.openapi.parameters import RequestArgument
from plugins.host.sources.openapi.references import followed
from plugins.host.sources.openapi.schema import COMBINERS, DEEPEST_SCHEMA, LONGEST_ABOUT, SchemaExpander
from plugins.host.sources.openapi.security import HEADER_NAME
from plugins.host.sources.openapi.values import cut, sequence, table
from plugins.host.sources.tool_names import free, plain

OUR_HEADERS = frozenset(
    {"accept", "authorization", "connection", "content-length", "content-type", "cookie", "host"}
    | {"proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)
"""Headers that no model may set."""


@dataclass(slots=True)
class OperationInputs:
    """The arguments of an operation, as they are gathered, and how its body is written, if it takes one.

    Raises OperationRefused if the operation needs something that cannot be given.
    """

    document: Mapping[str, Any]
    operation: ApiOperation
    auth: KeyPlacement
    deepest: int = DEEPEST_SCHEMA
    arguments: dict[str, RequestArgument] = field(default_factory=dict)
    body: BodyFormat | None = None
    _properties: dict[str, Any] = field(default_factory=dict)
    _required: list[str] = field(default_factory=list)
    _expander: SchemaExpander = field(init=False)

    def __post_init__(self) -> None:
        self._expander = SchemaExpander(self.document, self.deepest)
        operation = self.operation
        listed = [*sequence(operation.item.get("parameters")), *sequence(operation.described.get("parameters"))]
        parameters = [followed(self.document, one) for one in listed]
        # An operation's own parameter overrides its path's.
        for one in {(str(one.get("in")), str(one.get("name"))): one for one in parameters}.values():
            self._take_parameter(one)
        named = {argument.name for argument in self.arguments.values() if argument.place == "path"}
        if different := named ^ set(VARIABLE.findall(operation.path)):
            raise OperationRefused("path", ", ".join(sorted(different)))
        body = followed(self.document, operation.described.get("requestBody"))
        if not body or self._is_empty(body):
            return
        if operation.method == "get":
            raise OperationRefused("get-body", ", ".join(map(str, table(body.get("content")))) or "a body")
        self._take_body(body)

    @property
    def is_complete(self) -> bool:
        """Whether the schema shows everything down to its depth."""
        return self._expander.is_complete

    def schema(self) -> Mapping[str, Any]:
        """Return one schema for all the arguments together."""
        found: dict[str, Any] = {"type": "object", "properties": self._properties, "additionalProperties": False}
        return found | {"required": self._required} if self._required else found

    def _take_parameter(self, parameter: Mapping[str, Any]) -> None:
        place, name = parameter.get("in"), str(parameter.get("name") or "")
        required = parameter.get("required") is True or place == "path"
        style = str(parameter.get("style") or "")
        if place not in ("path", "query", "header") or style in ("label", "matrix"):
            if required:
                raise OperationRefused("parameter", f"{name} ({style or place})")
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
        self._add(name, RequestArgument(place, name, style, explode), schema, required=required)

    def _is_empty(self, body: Mapping[str, Any]) -> bool:
        """Whether a body is optional and would be empty: some services describe one for every GET."""
        schemas = [followed(self.document, table(one).get("schema")) for one in table(body.get("content")).values()]
        empty = all(one.get("properties") == {} and not one.keys() & set(COMBINERS) for one in schemas)
        return empty and body.get("required") is not True

    def _take_body(self, body: Mapping[str, Any]) -> None:
        required = body.get("required") is True
        try:
            kind, media_type, media = chosen_media(table(body.get("content")))
        except OperationRefused:
            if required:
                raise
            return
        described = followed(self.document, media.get("schema"))
        encodings = table(media.get("encoding")) if kind in ("form", "multipart") else {}
        properties = {name: followed(self.document, one) for name, one in table(described.get("properties")).items()}
        fields = {
            name: form_field(name, self._with_items(one), table(encodings.get(name)), kind)
            for name, one in properties.items()
            if kind in ("form", "multipart")
        }
        self.body = BodyFormat(kind, media_type, required, fields)
        if kind in ("text", "binary"):
            schema = dict(FILE_SCHEMA) if kind == "binary" else {"type": "string"}
            self._add_whole(schema | {"description": f"The body, as {media_type}."}, required=required)
        else:
            self._take_fields(self._expander.expanded(media.get("schema")), properties, kind)

    def _take_fields(self, schema: dict[str, Any], properties: Mapping[str, Mapping[str, Any]], kind: BodyKind) -> None:
        """Make each field of the body an argument of its own, if it has fields; else make the body one argument."""
        assert self.body
        required, fields = self.body.required, self.body.fields
        inside = table(schema.get("properties"))
        for name in inside.keys() & fields.keys():
            if fields[name].file:
                schema["properties"][name] = self._file_schema(table(properties.get(name)), inside[name])
        if not inside or inside.keys() & self.arguments.keys() or schema.keys() & set(COMBINERS):
            self._add_whole(schema if schema or kind == "json" else {"type": "object"}, required=required)
            return
        for name, one in inside.items():
            if table(properties.get(name)).get("readOnly") is not True:
                needed = required and name in schema.get("required", ())
                self._add(name, fields.get(name, RequestArgument("body", name)), one, required=needed)

    def _with_items(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a schema whose items are not a reference."""
        return {**schema, "items": followed(self.document, schema["items"])} if "items" in schema else schema

    def _file_schema(self, described: Mapping[str, Any], expanded: Mapping[str, Any]) -> Mapping[str, Any]:
        about = {"description": expanded["description"]} if "description" in expanded else {}
        several = is_list_of_files(self._with_items(described))
        return {"type": "array", "items": FILE_SCHEMA, **about} if several else {**FILE_SCHEMA, **about}

    def _add_whole(self, schema: Mapping[str, Any], *, required: bool) -> None:
        self._add("body", RequestArgument("whole", "body"), schema, required=required)

    def _add(self, name: str, argument: RequestArgument, schema: Mapping[str, Any], *, required: bool) -> None:
        mine = free(plain(name) or "_", self.arguments)
        self.arguments[mine] = argument
        self._properties[mine] = schema
        if required:
            self._required.append(mine)
