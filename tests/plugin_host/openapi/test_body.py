"""plugins.host.sources.openapi.body: the type that is chosen, and bodies as forms, files, text and bytes."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from jsonschema import Draft202012Validator

from parley import PluginError
from plugins.host.sources.openapi.api import ApiTool, OpenApiPlugin
from plugins.host.sources.openapi.body import chosen_media
from plugins.host.sources.openapi.coverage import OperationRefused
from plugins.host.sources.openapi.description import read
from tests.plugin_host.openapi.large import like_stripe
from tests.plugin_host.openapi.service import Service

CHOSEN = [
    (["application/json"], "json", "application/json"),
    (["application/xml", "multipart/form-data", "application/json; charset=utf-8"], "json", "application/json"),
    (["application/vnd.api+json", "application/json"], "json", "application/json"),
    (["application/vnd.github.v3+json"], "json", "application/vnd.github.v3+json"),
    (["application/merge-patch+json; charset=utf-8"], "json", "application/merge-patch+json"),
    (["*/*"], "json", "application/json"),
    (["multipart/form-data", "application/x-www-form-urlencoded"], "form", "application/x-www-form-urlencoded"),
    (["text/plain", "multipart/form-data"], "multipart", "multipart/form-data"),
    (["image/png", "text/csv"], "text", "text/csv"),
    (["text/*"], "text", "text/plain"),
    (["application/soap+xml"], "text", "application/soap+xml"),
    (["image/png"], "binary", "image/png"),
    (["audio/*"], "binary", "application/octet-stream"),
]


@pytest.mark.parametrize(("types", "kind", "sent"), CHOSEN)
def test_json_comes_first(types: list[str], kind: str, sent: str) -> None:
    assert chosen_media(dict.fromkeys(types, {}))[:2] == (kind, sent)


@pytest.mark.parametrize("types", [[], ["multipart/mixed"], ["message/http"], ["nonsense"]])
def test_a_type_that_cannot_be_sent(types: list[str]) -> None:
    with pytest.raises(OperationRefused, match=types[0] if types else "no type"):
        chosen_media(dict.fromkeys(types, {}))


def operation(media_type: str, schema: Any = None, encoding: Any = None, method: str = "post", **more: Any) -> ApiTool:
    """The tool of an operation with a body of one type."""
    media = {"schema": schema} if schema is not None else {}
    media |= {"encoding": encoding} if encoding else {}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "https://things.example"}],
        "paths": {"/things": {method: {"requestBody": {"content": {media_type: media}, "required": True, **more}}}},
    }
    (tool,) = OpenApiPlugin(read(json.dumps(document), "things")).tools
    Draft202012Validator.check_schema(tool.schema)
    return tool


FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "place": {"type": "object"},
    },
}


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [
        ({}, [("name", "é &"), ("tags", "a"), ("tags", "b"), ("place", '{"x": 1}')]),
        (
            {"tags": {"style": "pipeDelimited", "explode": False}, "place": {"style": "form", "explode": False}},
            [("name", "é &"), ("tags", "a|b"), ("place", "x,1")],
        ),
        (
            {"tags": {"style": "deepObject", "explode": True}, "place": {"style": "deepObject"}},
            [("name", "é &"), ("tags[]", "a"), ("tags[]", "b"), ("place[x]", "1")],
        ),
        (
            {"tags": {"contentType": "application/json"}},
            [("name", "é &"), ("tags", '["a", "b"]'), ("place", '{"x": 1}')],
        ),
    ],
)
async def test_a_form(encoding: Any, sent: list[tuple[str, str]]) -> None:
    service = Service()
    tool = operation(FORM, FIELDS, encoding)
    assert tool.schema["required"] == ["name"]
    await service.call(tool, {"name": "é &", "tags": ["a", "b"], "place": {"x": 1}})
    assert service.sent[0].headers["content-type"] == FORM
    assert parse_qsl(service.sent[0].content.decode()) == sent


async def test_a_form_without_described_fields_takes_an_object() -> None:
    service, tool = Service(), operation(FORM, {"type": "object", "additionalProperties": True})
    await service.call(tool, {"body": {"a": 1, "b": None, "c": ["x"]}})
    assert service.sent[0].content == b"a=1&c=x"
    with pytest.raises(PluginError, match="an object with the fields"):
        await service.call(tool, {"body": ["a"]})


async def test_a_service_like_stripe() -> None:
    service = Service()
    found = {tool.tool: tool for tool in OpenApiPlugin(read(like_stripe(), "pay")).tools}
    assert list(found) == ["pay_GetCharges", "pay_PostCharges", "pay_Drop"]
    # A body that would be empty is not offered as an argument.
    assert list(found["pay_GetCharges"].schema["properties"]) == ["expand"]
    assert list(found["pay_Drop"].schema["properties"]) == ["charge"]
    await service.call(found["pay_GetCharges"], {"expand": ["data.customer"]}, "sk:")
    given = {"amount": 5, "metadata": {"k": "v"}, "expand": ["a", "b"], "items": [{"price": "p"}]}
    await service.call(found["pay_PostCharges"], given, "sk:")
    await service.call(found["pay_Drop"], {"charge": "ch_1"}, "sk:")
    assert service.sent[0].url.params.multi_items() == [("expand[]", "data.customer")]
    assert parse_qsl(service.sent[1].content.decode()) == [
        ("amount", "5"),
        ("metadata[k]", "v"),
        ("expand[]", "a"),
        ("expand[]", "b"),
        ("items[0][price]", "p"),
    ]
    assert (service.sent[2].method, service.sent[2].content) == ("DELETE", b"")


UPLOAD = {
    "type": "object",
    "required": ["picture"],
    "properties": {
        "title": {"type": "string"},
        "about": {"type": "object"},
        "picture": {"type": "string", "format": "binary", "description": "The picture."},
        "more": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "icon": {"type": "string", "contentMediaType": "image/png"},
    },
}


async def test_fields_and_files() -> None:
    service, tool = (
        Service(),
        operation("multipart/form-data", UPLOAD, {"picture": {"contentType": "image/png, image/gif"}}),
    )
    picture = tool.schema["properties"]["picture"]
    assert (picture["description"], list(picture["properties"])) == ("The picture.", ["file_name", "text", "base64"])
    assert tool.schema["properties"]["more"]["items"]["properties"].keys() == picture["properties"].keys()
    given = {
        "title": 'a "title"',
        "about": {"x": 1},
        "picture": {"file_name": "a.png", "base64": "iVBO\nRw=="},
        "more": [{"text": "one"}, "two"],
        "icon": {"base64": ""},
    }
    await service.call(tool, given)
    (sent,) = service.sent
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert [(name, content) for name, content in parts(sent.headers["content-type"], sent.content)] == [
        ('form-data; name="title"', b'a "title"'),
        ('form-data; name="about" application/json', b'{"x": 1}'),
        ('form-data; name="picture"; filename="a.png" image/png', b"\x89PNG"),
        ('form-data; name="more"; filename="file.txt" application/octet-stream', b"one"),
        ('form-data; name="more"; filename="file.txt" application/octet-stream', b"two"),
        ('form-data; name="icon"; filename="file" application/octet-stream', b""),
    ]


def parts(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    """The parts of a multipart body: name, type and content."""
    boundary = content_type.partition("boundary=")[2].encode()
    found = []
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        told = f"{fields['Content-Disposition']} {fields.get('Content-Type', '')}".strip()
        found.append((told, content.removesuffix(b"\r\n")))
    return found


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({}, "as text or as base64"),
        ({"text": "a", "base64": "YQ=="}, "as text or as base64"),
        ({"base64": "not base64!"}, "not base64"),
        (5, "as text or as base64"),
    ],
)
async def test_a_file_that_is_none(file: Any, words: str) -> None:
    with pytest.raises(PluginError, match=words):
        await Service().call(operation("multipart/form-data", UPLOAD), {"picture": file})


async def test_text_and_bytes_are_sent_as_they_are() -> None:
    service = Service()
    for media_type, given in (
        ("text/markdown", "# é"),
        ("application/xml", "<a/>"),
        ("image/png", {"base64": "iVBORw=="}),
    ):
        await service.call(operation(media_type, {"type": "string"}), {"body": given})
    sent = [(one.headers["content-type"], one.content) for one in service.sent]
    assert sent == [
        ("text/markdown; charset=utf-8", "# é".encode()),
        ("application/xml", b"<a/>"),
        ("image/png", b"\x89PNG"),
    ]


@pytest.mark.parametrize("method", ["delete", "put", "patch"])
async def test_a_vendors_json_is_sent_as_such_by_every_method_with_a_body(method: str) -> None:
    service = Service()
    tool = operation("application/vnd.api+json", FIELDS, method=method)
    await service.call(tool, {"name": "a"})
    (sent,) = service.sent
    assert (sent.method, sent.headers["content-type"]) == (method.upper(), "application/vnd.api+json")
    assert json.loads(sent.content) == {"name": "a"}


async def test_a_body_that_need_not_be_given() -> None:
    service = Service()
    tool = operation(
        "application/json",
        {"type": "object", "properties": {"reason": {"type": "string"}}},
        method="delete",
        required=False,
    )
    await service.call(tool, {})
    await service.call(tool, {"reason": "spam"})
    assert [sent.content for sent in service.sent] == [b"", b'{"reason":"spam"}']
    assert "content-type" not in service.sent[0].headers
