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
    (RIGHT.replace('"dice"', '"Dice!"'), "name"),
    (RIGHT.replace('# version = "0.1.0"\n', ""), "version"),
    (RIGHT.replace("*.example.net", "http://example.net/x"), "is not a host"),
    (RIGHT.replace('"0.1.0"', '"0.1.0"\n# api = 99'), "version 99 of the plugin API"),
    (RIGHT.replace('"0.1.0"', '"0.1.0"\n# hostz = []'), "hostz"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        manifest_of(text, "dice.py")
