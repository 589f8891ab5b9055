"""Request bodies: choosing one of the types that an operation takes, and writing values in it."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from parley import PluginError
from plugins.host.sources.openapi.coverage import OperationRefused
from plugins.host.sources.openapi.parameters import RequestArgument, as_text, pairs
from plugins.host.sources.openapi.values import table

BodyKind = Literal["json", "form", "multipart", "text", "binary"]
JSON_TYPE = re.compile(r"(?:application/(?:[\w.+-]+\+)?json|\*/\*|application/\*)$")
TEXT_TYPE = re.compile(r"text/[\w.+*-]+$|application/(?:[\w.+-]+\+)?(?:xml|yaml|x-yaml|x-ndjson|jsonl|graphql|sql)$")
SINGLE_TYPE = re.compile(r"[\w.+-]+/[\w.+*-]+$")
FORM, MULTIPART, UNKNOWN_TYPE = "application/x-www-form-urlencoded", "multipart/form-data", "application/octet-stream"

FILE_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "file_name": {"type": "string"},
        "text": {"type": "string", "description": "The content, for a file of text."},
        "base64": {"type": "string", "description": "The content in base64, for any other file."},
    },
    "additionalProperties": False,
}
"""The schema of a file as a model gives it."""

MultipartField = tuple[str, tuple[str | None, bytes, str | None]]
"""A part of a multipart body, as httpx takes it: name, and then file name, content and type."""


@dataclass(frozen=True, slots=True)
class BodyFormat:
    """How an operation takes its body.

    `fields` are the form fields for which the description says how to write them.
    """

    kind: BodyKind
    media_type: str
    required: bool = False
    fields: Mapping[str, RequestArgument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WrittenBody:
    """A body as it is sent: its bytes and their type, or the parts of a multipart body."""

    content: bytes | None = None
    media_type: str = ""
    files: tuple[MultipartField, ...] = ()


def chosen_media(content: Mapping[str, Any]) -> tuple[BodyKind, str, Mapping[str, Any]]:
    """Choose the type to send from those that an operation takes, with its description. JSON is preferred.

    Raises OperationRefused if none of them can be sent.
    """
    found: dict[BodyKind, tuple[str, Mapping[str, Any]]] = {}
    for told, media in content.items():
        name = str(told).partition(";")[0].strip().lower()
        # Of several JSON types, plain JSON is the one that servers understand best.
        if (kind := _kind_of(name)) and (kind not in found or name == "application/json"):
            found[kind] = (_concrete(kind, name), table(media))
    order: tuple[BodyKind, ...] = ("json", "form", "multipart", "text", "binary")
    for kind in order:
        if kind in found:
            return kind, *found[kind]
    raise OperationRefused("body", ", ".join(map(str, content)) or "no type is described")


def form_field(name: str, described: Mapping[str, Any], encoding: Mapping[str, Any], kind: BodyKind) -> RequestArgument:
    """Return how to write a form field. `described` is its schema, `encoding` what the description adds to it."""
    media_type = str(encoding.get("contentType") or "").partition(",")[0].strip()
    if kind == "multipart":
        return RequestArgument("body", name, media_type=media_type, file=_is_file(described))
    if "style" in encoding or "explode" in encoding:
        style = str(encoding.get("style") or "form")
        return RequestArgument("body", name, style, bool(encoding.get("explode", style == "form")))
    return RequestArgument("body", name, "json" if media_type and JSON_TYPE.match(media_type) else "form")


def is_list_of_files(described: Mapping[str, Any]) -> bool:
    """Whether a field takes several files."""
    return _is_file(described) and "items" in described


def written_body(told: BodyFormat, values: Mapping[str, Any], whole: Any) -> WrittenBody:
    """Write a body from values by field name, or from a whole. Raises PluginError for what does not fit."""
    match told.kind:
        case "json":
            value = values if whole is None else whole
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            return WrittenBody(text.encode(), told.media_type)
        case "form":
            fields = _fields(told, values, whole)
            written = [(key, "" if one is None else str(one)) for pair in fields for key, one in _form_pairs(*pair)]
            return WrittenBody(urlencode(written).encode(), told.media_type)
        case "multipart":
            fields = _fields(told, values, whole)
            return WrittenBody(files=tuple(part for pair in fields for part in _multipart_fields(*pair)))
        case "text":
            charset = "; charset=utf-8" if told.media_type.startswith("text/") else ""
            return WrittenBody(as_text(whole).encode() if whole is not None else b"", told.media_type + charset)
        case "binary":
            return WrittenBody(_file("body", whole)[1] if whole is not None else b"", told.media_type)


def _kind_of(media_type: str) -> BodyKind | None:
    if JSON_TYPE.match(media_type):
        return "json"
    if media_type == FORM:
        return "form"
    if media_type == MULTIPART:
        return "multipart"
    if TEXT_TYPE.match(media_type):
        return "text"
    if SINGLE_TYPE.match(media_type) and not media_type.startswith(("multipart/", "message/")):
        return "binary"
    return None


def _concrete(kind: BodyKind, media_type: str) -> str:
    """Return a type that can be sent, in place of a pattern for several types."""
    if "*" not in media_type:
        return media_type
    return {"json": "application/json", "text": "text/plain"}.get(kind, UNKNOWN_TYPE)


def _is_file(described: Mapping[str, Any]) -> bool:
    one = table(described.get("items")) or described
    return one.get("format") == "binary" or ("contentMediaType" in one and "contentEncoding" not in one)


def _fields(told: BodyFormat, values: Mapping[str, Any], whole: Any) -> Iterable[tuple[RequestArgument, Any]]:
    """Return the fields of a form with their values."""
    if whole is not None and not isinstance(whole, Mapping):
        raise PluginError("body: it is an object with the fields of a form")
    given = values if whole is None else whole
    return [
        (told.fields.get(str(name)) or RequestArgument("body", str(name)), value)
        for name, value in given.items()
        if value is not None
    ]


def _form_pairs(argument: RequestArgument, value: Any) -> Iterable[tuple[str, Any]]:
    # The parts of an object have no names of their own in a form, unless the description says how they are named.
    if isinstance(value, Mapping) and argument.style == "form" and argument.explode:
        return [(argument.name, as_text(value))]
    return pairs(argument, value)


def _multipart_fields(argument: RequestArgument, value: Any) -> list[MultipartField]:
    """Write a field as parts of a multipart body: a list becomes several parts with the same name."""
    several = value if isinstance(value, list) else [value]
    if argument.file:
        found = [_file(argument.name, one) for one in several]
        return [(argument.name, (name, content, argument.media_type or UNKNOWN_TYPE)) for name, content in found]
    if argument.media_type and JSON_TYPE.match(argument.media_type):
        several = [value]
    return [(argument.name, (None, as_text(one).encode(), _part_type(argument, one))) for one in several]


def _part_type(argument: RequestArgument, value: Any) -> str | None:
    return argument.media_type or ("application/json" if isinstance(value, Mapping | list) else None)


def _file(name: str, value: Any) -> tuple[str, bytes]:
    """Return a file's name and its content. Raises PluginError."""
    if isinstance(value, str):
        return "file.txt", value.encode()
    told = table(value)
    text, coded = told.get("text"), told.get("base64")
    if isinstance(text, str) == isinstance(coded, str):
        raise PluginError(f"{name}: a file is given as an object with its content as text or as base64")
    file_name = str(told.get("file_name") or ("file.txt" if isinstance(text, str) else "file"))
    if isinstance(text, str):
        return file_name[:200], text.encode()
    try:
        return file_name[:200], base64.b64decode("".join(str(coded).split()), validate=True)
    except (binascii.Error, ValueError):
        raise PluginError(f"{name}: its content is no base64") from None
