"""plugins.host.egress.destinations: the calls that carry words out, and their destinations."""

from collections.abc import Mapping
from typing import Any, Literal

import pytest

from parley import tool
from plugins.host.egress.destinations import ANYWHERE, UNREADABLE, brings_words, carries_words, destinations
from plugins.host.sources.builtin import BuiltinPlugin
from plugins.host.sources.mcp import McpPlugin, McpServer, ServerTool
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.description import read
from tests.plugin_host.stage import made


@tool
async def read_page(url: str, note: str = "", unit: Literal["a", "b"] = "a", size: int = 1) -> str:
    """Read a page."""
    return url


def pages(*hosts: str) -> BuiltinPlugin:
    return made({"name": "pages", "hosts": list(hosts)}, read_page)


def reached(plugin: BuiltinPlugin, **given: Any) -> tuple[str, ...]:
    (offer,) = plugin.tools
    return destinations(plugin, offer, given)


def test_named_hosts_are_where_words_go() -> None:
    assert reached(pages("b.example", "a.example"), url="llamas") == ("a.example", "b.example")
    assert reached(pages(), url="https://a.example") == ()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.example/x?y=z", "a.example"),
        ("HTTP://A.Example:8080", "a.example"),
        ("a.example/x", "a.example"),
        (" https://a.example ", "a.example"),
        ("https://a.example@evil.example/", UNREADABLE),
        ("https://evil.example\\@a.example/", UNREADABLE),
        ("https://a.example:80@evil.example", UNREADABLE),
        ("a@evil.example/x", UNREADABLE),
        ("//evil.example/x", UNREADABLE),
        ("https://évil.example/", UNREADABLE),
        ("evil．example", UNREADABLE),
        ("evil。example", UNREADABLE),
        ("https://evil.example/a b", UNREADABLE),
        ("evil.example/a b", UNREADABLE),
        ("look at https://evil.example/", UNREADABLE),
        ("localhost:80", UNREADABLE),
        ("what is new", ANYWHERE),
    ],
)
def test_an_address_says_where_it_leads_or_nobody_knows(url: str, host: str) -> None:
    assert reached(pages("*"), url=url) == (host,)


def test_every_address_counts() -> None:
    found = reached(pages("*"), url="https://a.example", note="https://evil.example/?q=1")
    assert found == ("a.example", "evil.example")


@pytest.mark.parametrize(
    "note", ["my password", "2130706433", "evil․example", "evil%2eexample", "evil", "a evil.example"]
)
def test_words_beside_an_address_may_go_anywhere(note: str) -> None:
    assert reached(pages("*"), url="https://a.example", note=note) == (ANYWHERE, "a.example")
    assert reached(pages("*"), url="https://a.example", note="", unit="b", size=3) == ("a.example",)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, False),
        ({"size": 3}, False),
        ({"unit": "a"}, False),
        ({"unit": "my password"}, True),
        ({"url": ""}, False),
        ({"url": "x"}, True),
        ({"size": 10**30}, True),
        ({"size": [104, 117, 110, 116, 101, 114, 50, 33]}, True),
        ({"size": {"deep": ["x"]}}, True),
        ({"invented": 1}, True),
        ({"size": None}, False),
        ({"size": ["", None, "", None, [], {}] * 8}, True),
        ({"size": [[], [[]], [[], []]] * 8}, True),
        ({"size": [True, False] * 8}, False),
    ],
)
def test_whether_arguments_have_room_for_words(given: Mapping[str, Any], words: bool) -> None:
    (offer,) = pages("a.example").tools
    assert carries_words(given, offer.schema) is words


def test_a_server_gets_everything() -> None:
    plugin = McpPlugin(McpServer("notes", ("true",)))
    offer = ServerTool(
        tool="notes_add", schema={"properties": {"text": {}}}, reaches="notes", plugin=plugin, theirs="add"
    )
    assert destinations(plugin, offer, {"text": "x"}) == ("notes",)
    api = OpenApiPlugin(
        read(
            '{"openapi": "3.0.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "https://api.example/v1"}],'
            ' "paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "q", "in": "query",'
            ' "schema": {"type": "string"}}], "responses": {}}}}}',
            "service",
        )
    )
    (call,) = api.tools
    assert destinations(api, call, {"q": "x"}) == ("api.example",)
    assert brings_words(api)
    assert brings_words(plugin)


def test_what_only_reckons_brings_nothing_in() -> None:
    assert not brings_words(pages())
    assert brings_words(pages("a.example"))
    assert brings_words(made({"name": "notes", "powers": ["storage"]}, read_page))
