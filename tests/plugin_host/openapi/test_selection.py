"""plugins.host.sources.openapi.selection: operations of a large document are chosen, and too many are not cut in
silence."""

import json

import pytest
from jsonschema import Draft202012Validator

from parley import ManifestError
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.choice import split_choice
from plugins.host.sources.openapi.description import read
from plugins.host.sources.openapi.operations import METHODS, operations_of
from plugins.host.sources.openapi.selection import narrowed
from plugins.host.sources.openapi.usable import LONGEST_SCHEMA, MOST_TOOLS
from tests.discord.server.specification import folder
from tests.plugin_host.openapi.large import like_github
from tests.plugin_host.openapi.service import some

HUB = "https://api.hub.example/openapi.json"


def test_too_many_operations_ask_for_a_choice() -> None:
    assert len(OpenApiPlugin(read(some(MOST_TOOLS), "hub")).tools) == MOST_TOOLS
    with pytest.raises(
        ManifestError, match=r"201 operations, and a plugin has at most 200.*path:/p0 \(1\).*and 161 more"
    ):
        read(some(MOST_TOOLS + 1), "hub")
    with pytest.raises(ManifestError, match=r"search:.*There are tag:\"Pull requests\" \(201\)"):
        read(some(MOST_TOOLS + 1, tags=["Pull requests"]), "hub")


@pytest.mark.slow
def test_operations_of_a_large_description_are_chosen() -> None:
    text = like_github(3 * 1024 * 1024)
    with pytest.raises(ManifestError, match=r"1000 operations.*tag:issues \(100\), tag:repos \(100\)") as raised:
        read(text, "hub", HUB)
    assert len(str(raised.value)) < 1500
    found = read(text, "hub", HUB, split_choice('x tag:issues search:"create 4"')[1])
    assert found.coverage
    assert (found.coverage.described, found.coverage.chosen, found.coverage.usable) == (1000, 14, 14)
    assert found.coverage.choice == 'tag:issues search:"create 4"'
    assert len(OpenApiPlugin(found).tools) == 14
    with pytest.raises(ManifestError, match=r"tag:none fits none of its 1000 operations. There are tag:issues \(100\)"):
        read(text, "hub", HUB, split_choice("x tag:none")[1])


def test_what_is_kept_has_a_bound() -> None:
    document = json.loads(some(50))
    usable = [one for path, item in document["paths"].items() for one in operations_of(path, item, METHODS)]
    assert len(usable) == 50
    with pytest.raises(ManifestError, match="at most 1 are kept; choose fewer"):
        narrowed(document, usable, "hub", largest=1024)
    assert narrowed(document, usable, "hub")


@pytest.mark.sweep
def test_discords_own_description_in_three_plugins() -> None:
    path = folder() / "discord-openapi.json"
    if not path.is_file():
        pytest.skip(f"Discord's published description is not in {folder()}: set PARLEY_API_SPECS to where it is")
    text = path.read_text(encoding="utf-8")
    with pytest.raises(ManifestError, match=r"a plugin has at most 200.*path:/guilds \(\d+\)"):
        read(text, "discord")
    for choice in ("path:/guilds", "path:/channels path:/webhooks", "path:/applications path:/users path:/lobbies"):
        found = read(text, "discord", "", split_choice(f"x {choice}")[1])
        assert found.coverage
        assert found.coverage.usable > 40
        assert {one.reason for one in found.coverage.left_out} <= {"key"}
        assert len(json.dumps(found.document)) < len(text) / 4
        for tool in OpenApiPlugin(found).tools:
            Draft202012Validator.check_schema(tool.schema)
            assert len(json.dumps(tool.schema)) < LONGEST_SCHEMA
