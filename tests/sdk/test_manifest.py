"""parley.manifest: the manifest at the top of a plugin's file, and the messages about wrong ones."""

import pytest

from parley import ManifestError, manifest_of

RIGHT = """# /// script
# dependencies = ["httpx>=0.28"]
# [tool.parley]
# name = "dice"
# version = "0.1.0"
# description = "Rolls dice."
# hosts = ["api.example.org", "*.example.net"]
# [tool.parley.config.sides]
# type = "int"
# default = 6
# ///
import this_module_does_not_exist
"""


def test_it_is_read_without_running_anything() -> None:
    manifest = manifest_of(RIGHT)
    assert (manifest.name, manifest.version, manifest.api) == ("dice", "0.1.0", 1)
    assert manifest.config["sides"].default == 6
    assert manifest.dependencies == ("httpx>=0.28",)


WRONG = [
    ("print('hello')\n", "no block"),
    (RIGHT + RIGHT, "more than one"),
    (RIGHT.replace('"dice"', "dice"), "not TOML"),
    (RIGHT.replace("tool.parley", "tool.other"), r"no table \[tool.parley\]"),
    (RIGHT.replace('"dice"', '"Dice!"'), "name: not a name: 'Dice!'; it has small letters"),
    (RIGHT.replace('"0.1.0"', '"one"'), "version: not a version: 'one'; it begins with a digit"),
    (RIGHT.replace('"dice"', '"dice\\n"'), "name: not a name"),
    (RIGHT.replace('# version = "0.1.0"\n', ""), "version"),
    (RIGHT.replace("*.example.net", "http://example.net/x"), "not a host: 'http://example.net/x'"),
    (RIGHT.replace('"0.1.0"', '"0.1.0"\n# api = 99'), "version 99 of the plugin API"),
    (RIGHT.replace('"0.1.0"', '"0.1.0"\n# hostz = []'), "hostz"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        manifest_of(text, "dice.py")


def test_all_faults_are_told_at_once() -> None:
    wrong = RIGHT.replace('"dice"', '"Dice!"').replace("*.example.net", "http://x").replace("api.example.org", "a b")
    with pytest.raises(ManifestError) as told:
        manifest_of(wrong.replace('"0.1.0"', '"0.1.0"\n# hostz = []'), "dice.py")
    for words in ("name: ", "'a b', 'http://x'", "hostz: "):
        assert words in str(told.value)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:9", "::1:8080"])
def test_a_service_on_the_authors_machine_is_named_with_its_port(host: str) -> None:
    assert manifest_of(RIGHT.replace("api.example.org", host)).hosts[0] == host


@pytest.mark.parametrize("host", ["localhost", "localhost:0", "10.0.0.1:80x", "example.org:8000"])
def test_other_ports_are_no_hosts(host: str) -> None:
    with pytest.raises(ManifestError, match="not a host"):
        manifest_of(RIGHT.replace("api.example.org", host))
