"""plugins.host.sources.openapi.description: unusable operations are reported, and a plugin gets a valid name."""

import json
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest

from parley import ManifestError
from plugins.host.sources.openapi import document
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.description import description_of, read
from plugins.host.sources.openapi.document import parsed
from tests.plugin_host.openapi.large import like_stripe
from tests.plugin_host.openapi.service import PETS, PLUGIN, weather


def server(url: str) -> str:
    return PETS.replace("https://{region}.pets.example/v1/", url)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"swagger": "2.0", "paths": {}}', "version 2.*swagger2openapi"),
        ("swagger: '2.0'", "version 2"),
        ("openapi: 4.0.0", "4.0.0 is not known"),
        ("openapi: 3.10.0", "3.10.0 is not known"),
        ("a: b", "no field `openapi`"),
        ("- a", "not an OpenAPI description"),
        ("just words", "not an OpenAPI description"),
        ("{", "cannot be read"),
        ("a: [", "cannot be read"),
        ("? [a]\n: b", "cannot be read"),
        ("[" * 200 + "]" * 200, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("a: &x [1]\nb: [*x, *x]", "anchors"),
        ("a" * (document.LARGEST_YAML + 1), "larger than 8 MiB, which is the most for YAML"),
        ("{" + " " * document.LARGEST, "larger than 32 MiB"),
        (json.dumps(PLUGIN), "give its address"),
        (json.dumps({"openapi": "3.0.0", "paths": {}, "servers": [{"url": "https://a.example"}]}), "no operation"),
        (PETS.replace("servers:", "x-servers:"), "names no server"),
        (server("/v1"), "not a plain http"),
        (server("ftp://a.example"), "not a plain http"),
        (server("https://a:b@c.example"), "not a plain http"),
        (server('"https://*.example"'), "not a plain http"),
        (server("https://a.example:b"), "is not an address"),
        (weather({"type": "oauth2", "flows": {}}), "OAuth"),
        (weather({"type": "apiKey", "in": "cookie", "name": "a"}), "no operation"),
    ],
)
def test_what_cannot_be_used_is_said(text: str, words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        read(text, "pets")


@pytest.mark.parametrize("name", ["Pets", "p" * 41, "1"])
def test_a_name_must_be_one(name: str) -> None:
    with pytest.raises(ManifestError, match="name"):
        read(PETS, name)


def test_a_description_of_nothing_that_can_be_called_is_no_plugin() -> None:
    mixed = {"required": True, "content": {"multipart/mixed": {}}}
    document = json.loads(weather({"type": "http", "scheme": "bearer"}))
    document["paths"] = {"/a": {"post": {"requestBody": mixed}}, "/{b}": {"get": {}}}
    with pytest.raises(ManifestError, match=r"POST /a \(body: multipart/mixed\), GET /{b} \(path: b\)"):
        OpenApiPlugin(read(json.dumps(document), "weather"))


ODD: tuple[Any, ...] = (
    None,
    True,
    5,
    "",
    "x",
    [],
    [None],
    ["x"],
    {},
    {"$ref": "#/paths"},
    {"$ref": 5},
    {"x": {}},
    [[{}]],
)


def places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document: its container, and its name or number there."""
    if isinstance(part, dict | list):
        for name in list(part) if isinstance(part, dict) else range(len(part)):
            yield part, name
            yield from places(part[name])


def mixed_up() -> dict[str, Any]:
    """A description with everything in it."""
    document: dict[str, Any] = json.loads(like_stripe())
    pets = json.loads(json.dumps(parsed(PETS, "pets")))
    document["paths"] |= pets["paths"]
    document["components"] |= pets["components"]
    document["servers"] = pets["servers"]
    upload = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
    multipart = {"schema": upload, "encoding": {"file": {"contentType": "image/png"}}}
    document["paths"]["/upload"] = {"post": {"requestBody": {"content": {"multipart/form-data": multipart}}}}
    return document


@pytest.mark.sweep
def test_whatever_stands_in_a_description_is_read_or_refused_in_words() -> None:
    count = len(list(places(mixed_up())))
    assert count > 200
    for number in range(count):
        # Three of them at each place, so that each appears in many places.
        for odd in islice(cycle(ODD), number * 3, number * 3 + 3):
            document = mixed_up()
            inside, name = next(islice(places(document), number, None))
            inside[name] = odd
            try:
                found = read(json.dumps(document), "pets")
            except ManifestError:
                continue
            for tool in OpenApiPlugin(description_of(found.manifest, json.loads(json.dumps(found.kept())))).tools:
                assert isinstance(tool.schema["properties"], dict)
