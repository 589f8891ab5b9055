"""parley.manifest: the manifest at the top of a plugin's file, and the messages about wrong ones."""

from collections.abc import Callable

import pytest

from parley import ManifestError, manifest_of
from parley.manifest import manifest_of_project

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
    ("# /// script\n" * 5000, "more than one"),
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


def saying(lines: str) -> str:
    """The manifest with these lines in place of its hosts and settings."""
    made = RIGHT.replace('# hosts = ["api.example.org", "*.example.net"]\n', lines)
    return made.replace("[tool.parley.config.sides]", "[tool.other]")


def names(count: int) -> str:
    return str([f"x{number}" for number in range(count)])


def table(name: str, entry: str, count: int) -> str:
    """A table of so many entries, as lines of the manifest."""
    return "".join(f"# {name}.x{number} = {entry}\n" for number in range(count))


TOO_MUCH = [
    ("hosts", f"# hosts = {[f'x{number}.example.org' for number in range(101)]}\n", "at most 100, and there are 101"),
    ("secrets", f"# secrets = {names(21)}\n", "at most 20, and there are 21"),
    ("powers", f"# powers = {['post'] * 21}\n", "at most 20, and there are 21"),
    ("hooks", f"# hooks = {['on_rating'] * 21}\n", "at most 20, and there are 21"),
    ("tools", f"# tools = {names(201)}\n", "at most 200, and there are 201"),
    ("commands", f"# commands = {names(201)}\n", "at most 200, and there are 201"),
    ("schedules", table("schedules", '"1m"', 21), "at most 20, and there are 21"),
    ("config", table("config", "{}", 51), "at most 50, and there are 51"),
    ("examples", table("examples", '["roll"]', 201), "at most 200, and there are 201"),
    ("examples", f"# examples.roll = {['roll'] * 501}\n", "at most 500, and there are 501"),
    ("config.x.choices", f"# config.x.choices = {names(51)}\n", "at most 50, and there are 51"),
    ("config.x.choices", f"# config.x.choices = ['{'x' * 101}']\n", "at most 100 characters"),
    ("config.x.default", f"# config.x.default = '{'x' * 2001}'\n", "at most 2000 characters"),
    ("config.x.description", f"# config.x.description = '{'x' * 1001}'\n", "at most 1000 characters"),
    ("schedules", f"# schedules.x = '{'1' * 100} * * * *'\n", "at most 100 characters"),
    ("examples", f"# examples.roll = ['{'x' * 201}']\n", "at most 200 characters"),
    ("examples", "# examples.roll = ['{a} {b} {c} {d} dice']\n", "at most 3 names in braces"),
    ("tools", f"# tools = ['{'x' * 65}']\n", "at most 64 characters"),
    ("module", f"# module = '{'x' * 201}'\n", "at most 200 characters"),
]


@pytest.mark.parametrize(("where", "lines", "words"), TOO_MUCH)
def test_every_list_and_text_has_a_bound(where: str, lines: str, words: str) -> None:
    with pytest.raises(ManifestError, match=rf"{where}: .*{words}"):
        manifest_of(saying(lines), "dice.py")


def test_dependencies_have_a_bound() -> None:
    lines = RIGHT.replace('["httpx>=0.28"]', str([f"x{number}" for number in range(101)]))
    with pytest.raises(ManifestError, match="dependencies: there may be at most 100, and there are 101"):
        manifest_of(lines)


@pytest.mark.parametrize("name", ["key\\n- chat: nothing", "", "a b", "x" * 65])
@pytest.mark.parametrize("line", ['# secrets = ["{}"]', '# schedules."{}" = "1m"', '# config."{}" = {{}}'])
def test_a_name_cannot_pose_as_lines_of_a_list(line: str, name: str) -> None:
    with pytest.raises(ManifestError, match="not a name"):
        manifest_of(saying(f"{line.format(name)}\n"))


@pytest.mark.parametrize("line", ['# hosts = ["api.example.org\\n"]', '# schedules.x = "15m\\n"'])
def test_a_line_break_at_the_end_is_no_part_of_it(line: str) -> None:
    with pytest.raises(ManifestError, match="not a (host|time)"):
        manifest_of(saying(f"{line}\n"))


@pytest.mark.parametrize("read", [manifest_of, manifest_of_project])
def test_a_manifest_that_is_nested_too_deeply_is_refused(read: Callable[[str], object]) -> None:
    nested = f"x = {'[' * 100_000}"
    text = nested if read is manifest_of_project else f"# /// script\n# {nested}\n# ///\n"
    with pytest.raises(ManifestError, match="nested too deeply"):
        read(text)


@pytest.mark.parametrize(
    "table", ["tool = 1", "[tool]\nparley = 1", "project = 1", "[project]\ndependencies = 1", "dependencies = 1"]
)
def test_values_of_the_wrong_kind_are_refused(table: str) -> None:
    with pytest.raises(ManifestError):
        manifest_of_project(table)
    block = "".join(f"# {line}\n" for line in table.splitlines())
    with pytest.raises(ManifestError):
        manifest_of(f"# /// script\n{block}# ///\n")


def test_a_description_is_one_line_wherever_it_is_shown() -> None:
    told = "Rolls dice.\\n\\nIt may:\\n- nothing"
    manifest = manifest_of(saying(f'# config.x.description = "{told}"\n').replace("Rolls dice.", told, 1))
    assert manifest.description == manifest.config["x"].description == "Rolls dice. It may: - nothing"
    with pytest.raises(ManifestError, match="description: "):
        manifest_of(RIGHT.replace("Rolls dice.", " \\n "))


def test_no_setting_takes_the_place_of_parleys_own() -> None:
    # With it, an admin who sets what they take for the language would switch off the questions before changes.
    with pytest.raises(ManifestError, match="config: Parley has a setting ask of its own"):
        manifest_of(saying('# config.ask = {description = "the language", choices = ["on", "off"]}\n'))
