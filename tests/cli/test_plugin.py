"""`parley plugin`: from a new file to a plugin that is installed, updated, taken back and removed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import parley
from cli.wiring.plugins import own_commands
from tests.plugin_host.test_installer import file, tides
from tests.plugin_host.wheels import publish, served, wheel
from tests.sweeping import mostly_swept


@pytest.fixture(autouse=True)
def here(tmp_path: Path, sqlite_template: Path, common: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, and a home of the test's own. No first command has to make its database and its base."""
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "home" / "plugins").mkdir()
    (tmp_path / "home" / "plugins" / common.name).symlink_to(common)
    shutil.copy(sqlite_template, tmp_path / "home" / "parley.sqlite3")
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(parley, ["plugin", *words], input=given)


def done(*words: str, given: str = "") -> str:
    result = run(*words, given=given)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.slow
def test_from_new_to_installed(here: Path) -> None:
    assert "parley plugin check shout.py" in done("new", "shout")
    assert len((here / "shout.py").read_text().splitlines()) == 11
    tested = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shout.py"]
    assert subprocess.run(tested, cwd=here, capture_output=True, check=False).returncode == 0
    checked = done("check", "shout.py")
    assert "/shout, tool shout: Say words in capital letters." in checked
    assert "It matches its manifest." in checked
    assert "shout" not in done("list").split()
    assert "It offers: /shout" in done("install", "shout.py")
    assert "shout 0.1.0  (folder:" in done("list")
    assert "is the newest version" in done("update", "shout")
    assert "shout is on in 2 communities" in done("enable", "shout")
    assert "removed" in done("remove", "shout", "--yes")
    assert "shout" not in done("list").split()


@pytest.mark.slow
def test_a_new_package_works_too(here: Path) -> None:
    done("new", "big-one", "--package")
    assert "tool big_one" in done("check", "big-one")
    tested = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(tested, cwd=here / "big-one", capture_output=True, check=False, text=True)
    assert ran.returncode == 0, ran.stdout


TRAPS = [
    ("await ctx.storage.get('x')", 'talk.py, line 21: ctx.storage needs a power: add powers = ["storage"]'),
    ("await ctx.chat.post('x')", 'add powers = ["post"]'),
    ("await ctx.http.get('https://a.example')", "add the hosts"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("used", "said"), mostly_swept(TRAPS, TRAPS[:1]))
def test_check_finds_what_would_be_refused_at_the_first_call(here: Path, used: str, said: str) -> None:
    source = Path(file(here, top="# A plugin."))
    more = f"\n@tool\nasync def trap(ctx: Context) -> str:\n    'Fall.'\n    {used}\n    return ''\n"
    source.write_text(source.read_text() + more)
    result = run("check", str(source))
    assert result.exit_code == 1
    assert said in result.output


def test_a_fault_in_the_sources_is_told_with_its_line_and_once(here: Path) -> None:
    (here / "wrong.py").write_text(Path(file(here)).read_text().replace("talk", "wrong") + "\ndef (:\n")
    result = run("check", "wrong.py")
    assert "SyntaxError: invalid syntax (wrong.py, line " in result.output
    assert result.output.count("SyntaxError") == 1


@pytest.mark.slow
def test_what_it_asks_for_needs_a_yes(here: Path) -> None:
    source = file(here, more='hosts = ["api.example"]')
    refused = run("install", source, given="n\n")
    assert refused.exit_code == 1
    assert "fetch from api.example" in refused.output
    assert "nothing was installed" in refused.output
    assert "is installed" in done("install", source, given="y\n")
    file(here, version="2.0", more='hosts = ["api.example", "*.example.org"]')
    more = run("update", "talk", given="n\n")
    assert "It asks for more than the version before" in more.output
    assert "fetch from *.example.org" in more.output
    assert "fetch from api.example" not in more.output
    again = done("install", source, "--yes")
    assert "It replaces talk 1.0 from " in again
    assert "fetch from *.example.org" in again
    assert "fetch from api.example" in again
    assert "before it 1.0" in done("info", "talk")
    assert "runs in version 1.0 again" in done("rollback", "talk")
    assert "now runs in version 2.0 (before: 1.0)" in done("update", "talk", "--yes")


def test_how_to_set_a_secret_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "has no secret api_key yet: `parley plugin secret talk-box api_key`, or set PARLEY_PLUGINS__SECRETS__TALK"
    path = Path(file(here, more='secrets = ["api_key"]'))
    path.write_text(path.read_text().replace('"talk"', '"talk-box"'))
    assert said in done("install", str(path), "--yes")
    assert said in done("info", "talk-box")
    monkeypatch.setenv("PARLEY_PLUGINS__SECRETS__TALK_BOX__API_KEY", "s3cret")
    assert said not in done("info", "talk-box")


@pytest.mark.slow
def test_a_secret_is_read_from_standard_input_and_stored_encrypted(here: Path) -> None:
    source = file(here, more='secrets = ["api_key"]')
    assert "has no secret api_key" in done("install", source, "--yes")
    assert "asks for no secret 'other'" in run("secret", "talk", "other", given="x").output
    assert "is empty" in run("secret", "talk", "api_key", given=" \n").output
    assert "is stored" in done("secret", "talk", "api_key", given="s3cret-value\n")
    assert "has no secret" not in done("info", "talk")
    files = [path.read_bytes() for path in (here / "home").glob("parley.sqlite3*")]
    assert files
    assert not any(b"s3cret-value" in one for one in files)
    assert "is deleted" in done("secret", "talk", "api_key", "--delete")
    assert "has no secret api_key" in done("info", "talk")
    done("secret", "talk", "api_key", given="s3cret-value")
    done("remove", "talk", "--yes")
    # Another plugin of its name must not get it.
    assert "has no secret api_key" in done("install", source, "--yes")


def test_the_list_says_where_a_plugin_is_on(here: Path) -> None:
    done("install", file(here), "--yes")
    assert "on in" not in done("list")
    done("enable", "talk")
    done("disable", "weather", "--in", "web:local")
    listed = done("list")
    assert "on in terminal:local, web:local" in listed.partition("talk 1.0")[2]
    assert "off in web:local" in listed.partition("weather ")[2]


@pytest.mark.slow
def test_all_that_is_wrong_with_a_plugin_is_told_at_once(here: Path) -> None:
    source = Path(file(here, more='schedules = {never = "15m"}'))
    more = "\n@tool\nasync def trap(ctx: Context) -> str:\n    'Fall.'\n    await ctx.chat.post('x')\n    return ''\n"
    source.write_text(source.read_text() + more)
    said = run("check", str(source)).output
    assert 'add powers = ["post"]' in said
    assert "schedules has never" in said
    more = "\n@tool\nasync def two() -> str: ...\n\n@tool\ndef three() -> str:\n    'Three.'\n    return ''\n"
    source.write_text(source.read_text() + more)
    said = run("check", str(source)).output
    assert "three is not async" in said
    assert "two has no docstring" in said


def test_the_catalogue(here: Path) -> None:
    assert "dice" in done("search", "rolls")
    assert "No plugin matches." in done("search", "xylophone")
    assert "It offers: /roll" in done("install", "dice")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("install", "no such thing"), "is not a plugin: it is not in the catalogue"),
        (("info", "nothing"), "parley plugin list"),
        (("install", "gone.py"), "no file or folder here has this name"),
        (("remove", "weather", "--yes"), "weather comes with Parley or is in the settings"),
        (("advisories", "odd.json"), "there is no field 'affected'"),
        (("update", "nothing"), "no plugin 'nothing' is installed"),
        (("rollback", "nothing"), "no plugin 'nothing' is installed"),
        (("enable", "nothing"), "there is no plugin 'nothing'; there are calculator"),
        (("enable", "weather", "--in", "discord:1"), "nobody has spoken"),
        (("config", "weather", "colour", "red"), "no setting 'colour'"),
        (("config", "weather", "units", "furlongs"), "is one of"),
        (("new", "Wrong Name"), "is not a plugin's name"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(here: Path, words: tuple[str, ...], said: str) -> None:
    (here / "odd.json").write_text('{"a": 1}')
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_nothing_is_overwritten(here: Path) -> None:
    (here / "mine.py").write_text("x = 1\n")
    result = run("new", "mine")
    assert "is there already" in result.output
    assert (here / "mine.py").read_text() == "x = 1\n"


def test_no_plugin_takes_the_name_of_a_command_of_ours() -> None:
    assert {"help", "rate", "plugin", "new"} <= set(own_commands())


def test_what_is_installed_is_compared_with_advisories(here: Path) -> None:
    assert "no known advisory about what is installed" in done("advisories")
    listed = here / "known.json"
    listed.write_text(
        '[{"id": "X-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "a"}, "versions": ["1"]}]}]'
    )
    assert done("advisories", str(listed)).startswith("1 advisories are now in the list.")
    listed.write_text("no")
    said = run("advisories", str(listed))
    assert said.exit_code == 1
    assert "known.json: not JSON" in said.output


@pytest.mark.slow
def test_an_advisory_about_what_is_installed_fails(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "index").mkdir()
    publish(here / "index", wheel("clash", "1.0", {"clash.py": "VERSION = 1\n"}))
    listed = here / "known.json"
    listed.write_text(
        '[{"id": "X", "affected": [{"package": {"ecosystem": "PyPI", "name": "clash"}, "versions": ["1.0"]}]}]'
    )
    with served(here / "index") as address:
        monkeypatch.setenv("PARLEY_PLUGINS__INDEX", address)
        monkeypatch.setenv("PARLEY_PLUGINS__COOLDOWN_DAYS", "0")
        wants = {"dependencies": 'dependencies = ["clash==1.0"]', "top": "import clash"}
        done("install", file(here, **wants), "--yes")
        said = run("advisories", str(listed))
        assert said.exit_code == 1
        assert "talk brings clash 1.0: X" in said.output
        done("remove", "talk", "--yes")
        said = run("install", file(here, **wants), "--yes")
        assert "there are advisories about what it brings: clash 1.0: X" in said.output
        monkeypatch.setenv("PARLEY_PLUGINS__ADVISORIES_ACCEPTED", "X")
        done("install", file(here, **wants), "--yes")


@pytest.mark.slow
def test_operations_of_a_description_are_chosen_and_what_is_left_out_is_said(here: Path) -> None:
    (here / "tides.json").write_text(json.dumps(tides(300)))
    refused = run("install", "tides.json")
    assert refused.exit_code == 1
    assert "301 operations" in refused.output
    assert "--only" in refused.output
    only = ("--only", "path:/harbours/1", "--only", "path:/upload")
    no = run("install", "tides.json", *only, given="n\n")
    assert "2 of 301 operations are chosen (path:/harbours/1 path:/upload)." in no.output
    assert "1 of 2 operations can be used." in no.output
    assert "`upload` (multipart/mixed)" in no.output
    assert no.output.index("`upload`") < no.output.index("Install it?")
    assert "It offers: tides_harbour1" in done("install", "tides.json", *only, "--yes")
    told = done("info", "tides")
    assert "1 of 2 operations can be used." in told
    assert "`upload` (multipart/mixed)" in told
    assert "is the newest version" in done("update", "tides")
    wrong = run("install", "tides.json", "--only", "harbours")
    assert (wrong.exit_code, "not a choice of operations" in wrong.output) == (1, True)
