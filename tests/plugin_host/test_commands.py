"""plugins.host.commands: `/plugin` in the chat, from the catalogue to a plugin that runs, and who may do what."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from core.models.scripted import ScriptedModel
from core.store import identities
from plugins.host.install.catalogue import PluginCatalogue
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import from_terminal
from plugins.host.policy import OwnerPolicy
from tests.dialogue import ANA, Dialogue
from tests.plugin_host.stage import Build, Stage
from tests.plugin_host.test_host import audited, counting
from tests.plugin_host.test_installer import file, install, tides

Catalogued = Callable[..., Path]


@pytest.fixture
def catalogued(tmp_path: Path) -> Catalogued:
    """A catalogue with one plugin, whose file can be changed."""

    def written(digest: str = "", **parts: str) -> Path:
        (tmp_path / "shop").mkdir(exist_ok=True)
        file(tmp_path / "shop", **parts)
        entry = {"name": "talk", "description": "Talks a lot.", "source": "bundled:talk.py", "digest": digest}
        path = tmp_path / "shop" / "plugins.json"
        path.write_text(json.dumps({"plugins": [entry]}))
        return path

    return written


ASKING = {"more": 'hosts = ["api.example"]\n# powers = ["post"]'}


@pytest.mark.slow
async def test_from_the_catalogue_to_a_command(build: Build, catalogued: Catalogued) -> None:
    stage = build(catalogue=catalogued(**ASKING))
    dialogue = stage.dialogue()
    (await dialogue.types("/plugin search lot")).expect("**talk**: Talks a lot.")
    (await dialogue.types("/plugin search xylophone")).expect("No plugin matches")
    asked = await dialogue.types("/plugin install talk")
    asked.expect("fetch from api.example", "post where it was called", "From talk.py")
    assert not stage.host.plugins
    (await dialogue.presses(asked, "plugin-yes", "#installed")).expect("talk 1.0 is installed and on here", "/talk_say")
    (await dialogue.types("/talk_say hello")).expect("talk 1.0 hello")
    (await dialogue.types("/plugin install talk", "#error")).expect("talk is installed")
    assert ("plugin-install", "talk 1.0", "ok") in await audited(stage.host.store)  # type: ignore[arg-type]


async def test_a_no_leaves_nothing(build: Build, catalogued: Catalogued) -> None:
    stage = build(catalogue=catalogued())
    dialogue = stage.dialogue()
    asked = await dialogue.types("/plugin install talk")
    await dialogue.send(dialogue.press_of(asked, "plugin-no"))
    await stage.chat.until(lambda: stage.chat.shown[asked.id].text == "Not done.")
    (await dialogue.presses(asked, "plugin-yes", "#error")).expect("no longer works") if asked.reply.buttons else None
    assert not stage.host.plugins
    assert list((stage.installer.folder / "staging").iterdir()) == []


async def test_only_admins_of_the_same_community_can_agree(build: Build, catalogued: Catalogued) -> None:
    stage = build(catalogue=catalogued())
    dialogue = stage.dialogue()
    asked = await dialogue.types("/plugin install talk")
    member = dialogue.elsewhere("desk of Ben", replace(ANA, id="ben", name="Ben", admin=False))
    (await member.presses(asked, "plugin-yes", "#error")).expect("Only an admin")
    elsewhere = abroad(dialogue)
    (await elsewhere.presses(asked, "plugin-yes", "#error")).expect("no longer works")
    assert not stage.host.plugins


async def test_a_candidate_is_for_who_asked_and_for_the_admins_where_it_was_shown(
    build: Build, catalogued: Catalogued
) -> None:
    stage = build(catalogue=catalogued())
    ana = stage.dialogue()
    ada = replace(ANA, id="ada", name="Ada")
    private = await ana.types("/plugin install talk")
    for verb in ("plugin-yes", "plugin-no"):
        (await ana.elsewhere("desk of Ada", ada).presses(private, verb, "#error")).expect("no longer works")
    square = await ana.elsewhere("square", private=False).types("/plugin install talk")
    (await ana.elsewhere("garden", ada, private=False).presses(square, "plugin-no", "#error")).expect("no longer works")
    await ana.elsewhere("square", ada, private=False).presses(square, "plugin-no")
    assert stage.chat.shown[square.id].text == "Not done."
    await ana.elsewhere("another room").presses(private, "plugin-no")
    assert stage.chat.shown[private.id].text == "Not done."


async def test_a_community_of_the_same_name_on_another_platform_is_another(
    build: Build, catalogued: Catalogued
) -> None:
    stage = build(catalogue=catalogued())
    stage.core.router.attach("leaf", stage.chat)
    dialogue = stage.dialogue()
    asked = await dialogue.types("/plugin install talk")
    dialogue.place = replace(dialogue.place, platform="leaf")
    (await dialogue.presses(asked, "plugin-yes", "#error")).expect("no longer works")
    assert not stage.host.plugins


@pytest.mark.parametrize("action", ["update", "rollback", "remove"])
async def test_a_new_community_changes_nothing_of_the_machines_owner(build: Build, tmp_path: Path, action: str) -> None:
    stage = build()
    await install(stage, file(tmp_path))
    # Nobody has said anything in this community before.
    (await stage.dialogue().types(f"/plugin {action} talk", "#error")).expect("installed by others")


async def test_what_is_not_in_the_catalogue_or_not_what_it_names_is_refused(
    build: Build, catalogued: Catalogued, tmp_path: Path
) -> None:
    dialogue = build(catalogue=catalogued(digest="0" * 64)).dialogue()
    (await dialogue.types("/plugin install other", "#error")).expect("not in the catalogue")
    (await dialogue.types(f"/plugin install {file(tmp_path)}", "#error")).expect("not in the catalogue")
    (await dialogue.types("/plugin install talk", "#error")).expect("not those that the catalogue names")
    nothing = build(catalogue=catalogued(), allowed="nothing").dialogue()
    (await nothing.types("/plugin install talk", "#error")).expect("Only the owner of the machine")
    anything = build(catalogue=catalogued(), allowed="anything").dialogue()
    refused = await anything.types(f"/plugin install {file(tmp_path)}", "#error")
    refused.expect("not in the catalogue")
    assert str(tmp_path) not in refused.reply.text.replace(file(tmp_path), "")


@pytest.mark.slow
async def test_an_update_that_asks_for_more_waits_for_a_yes(build: Build, catalogued: Catalogued) -> None:
    stage = build(catalogue=catalogued())
    dialogue = stage.dialogue()
    await installed(dialogue)
    (await dialogue.types("/plugin update talk")).expect("1.0 is the newest version")
    catalogued(version="1.1")
    (await dialogue.types("/plugin update talk", "#installed")).expect("now runs in version 1.1")
    catalogued(version="1.2", **ASKING)
    asked = await dialogue.types("/plugin update talk")
    asked.expect("asks for more than the one before", "fetch from api.example")
    (await dialogue.types("/talk_say")).expect("talk 1.1")
    (await dialogue.presses(asked, "plugin-yes", "#installed")).expect("now runs in version 1.2")
    (await dialogue.types("/plugin rollback talk")).expect("runs in version 1.1 again")
    (await dialogue.types("/talk_say")).expect("talk 1.1")
    sure = await dialogue.types("/plugin remove talk")
    press = dialogue.press_of(sure, "plugin-remove")
    await dialogue.send(press)
    await stage.chat.until(lambda: "talk is removed" in stage.chat.shown[sure.id].text)
    (await dialogue.types("/talk_say", "#error")).expect("talk_say")


@pytest.mark.slow
async def test_others_may_use_and_set_it_and_not_change_it(build: Build, catalogued: Catalogued) -> None:
    dialogue = build(catalogue=catalogued()).dialogue()
    await installed(dialogue)
    other = abroad(dialogue)
    (await other.types("/talk_say", "#error")).expect("switched off here")
    (await other.types("/plugin enable talk")).expect("is on here")
    (await other.types("/talk_say")).expect("talk 1.0")
    for action in ("update", "rollback", "remove"):
        (await other.types(f"/plugin {action} talk", "#error")).expect("installed by others")


@pytest.mark.slow
async def test_a_broken_update_is_told_and_the_version_before_stays(build: Build, catalogued: Catalogued) -> None:
    dialogue = build(catalogue=catalogued()).dialogue()
    await installed(dialogue)
    catalogued(version="2.0", top="raise RuntimeError('no luck')")
    (await dialogue.types("/plugin update talk", "#error")).expect("no luck")
    (await dialogue.types("/talk_say")).expect("talk 1.0")


@pytest.mark.slow
async def test_the_log_channel_hears_of_an_update_that_was_taken_back(build: Build, catalogued: Catalogued) -> None:
    stage = build(catalogue=catalogued())
    dialogue = stage.dialogue()
    await installed(dialogue)
    await stage.host.switches.choose(dialogue.place, "log_channel", "log")
    catalogued(version="2.0")
    await dialogue.types("/plugin update talk", "#installed")
    await stage.crashed.settle("talk", "it ended (code 4)")
    told = [reply.text for reply in stage.chat.shown.values() if reply.text.startswith("⚠")]
    assert told == ["⚠ **talk** 2.0: it ended (code 4) → 1.0"]
    (await dialogue.types("/talk_say")).expect("talk 1.0")


async def test_what_the_machines_owner_installed_is_theirs(build: Build, tmp_path: Path) -> None:
    stage = build()
    await install(stage, file(tmp_path))
    dialogue = stage.dialogue()
    (await dialogue.types("/plugin enable talk")).expect("is on here")
    (await dialogue.types("/plugin remove talk", "#error")).expect("installed by others")
    (await dialogue.types("/plugin remove nothing", "#error")).expect("installed are: talk")


@pytest.mark.slow
async def test_an_api_by_its_description_is_a_plugin(build: Build, tmp_path: Path) -> None:
    described = {
        "openapi": "3.0.0",
        "info": {"title": "Tides", "version": "1.0", "description": "Tides of harbours."},
        "servers": [{"url": "https://tides.example"}],
        "paths": {"/tides": {"get": {"operationId": "tides", "summary": "The tides", "responses": {}}}},
    }
    path = tmp_path / "tides.json"
    path.write_text(json.dumps(described))
    stage = build(ScriptedModel(["x"]))
    row = await install(stage, str(path))
    assert row.kind == "openapi"
    again = build()
    await again.installer.load()
    assert [tool.tool for tool in again.host.plugins["tides"].tools] == ["tides_tides"]


def at(body: object, status: int = 200) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(status, json=body)))


async def test_a_catalogue_by_its_address() -> None:
    catalogue = PluginCatalogue(Path("nowhere"), "https://catalogue.example/plugins.json")
    entry = {"name": "dice", "description": "Rolls.", "source": "dice==1.0", "stars": 5}
    assert [one.name for one in await catalogue.search("ROLLS", at({"plugins": [entry]}))] == ["dice"]
    assert await catalogue.find("other", at({"plugins": [entry]})) is None


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"plugins": [{"name": "x"}]}, 200, "not right"),
        ([], 200, "not right"),
        ({}, 503, "503"),
        ({"plugins": [{"name": "x", "description": "", "source": "/etc/x.py"}]}, 200, "may not name"),
        ({"plugins": [{"name": "x", "description": "", "source": "bundled:x.py"}]}, 200, "may not name"),
        ({"plugins": [{"name": "x", "description": "", "source": "git+file:///srv/x"}]}, 200, "may not name"),
        ({"plugins": [{"name": "x", "description": "", "source": "etc/x.json"}]}, 200, "may not name"),
        ({"plugins": [{"name": "x", "description": "", "source": "http://a.example/x.json"}]}, 200, "may not name"),
    ],
)
async def test_a_catalogue_that_is_not_right(body: object, status: int, words: str) -> None:
    with pytest.raises(PluginProblem, match=words):
        await PluginCatalogue(Path("nowhere"), "https://catalogue.example/").entries(at(body, status))


async def installed(dialogue: Dialogue) -> None:
    asked = await dialogue.types("/plugin install talk")
    (await dialogue.presses(asked, "plugin-yes", "#installed")).expect("is installed")


def abroad(dialogue: Dialogue) -> Dialogue:
    """The same admin in another community."""
    place = replace(dialogue.place, community="other")
    return Dialogue(dialogue.core, dialogue.chat, place, _numbers=dialogue._numbers)


def test_every_stage_has_the_shipped_catalogue(build: Build) -> None:
    stage: Stage = build(found=[counting()])
    assert [entry.name for entry in stage.administration.catalogue._ours()] == ["dice", "github"]


def shop(described: Path) -> Path:
    """A catalogue that has a description beside it."""
    path = described.with_name("plugins.json")
    entry = {"name": "tides", "description": "Tides.", "source": f"bundled:{described.name}"}
    path.write_text(json.dumps({"plugins": [entry]}))
    return path


@pytest.mark.slow
async def test_what_is_left_out_is_said_before_the_yes_and_by_info(build: Build, tmp_path: Path) -> None:
    described = tmp_path / "tides.json"
    stage = build(catalogue=shop(described))
    whole = tides()
    for number in range(5):
        whole["paths"][f"/many/{number}"] = {"head": {"operationId": f"look{number}"}}
    described.write_text(json.dumps(whole))
    dialogue = stage.dialogue()
    asked = await dialogue.types("/plugin install tides")
    asked.expect(
        "2 of 8 operations can be used.",
        "its body is of a type that cannot be sent: `upload` (multipart/mixed)",
        "methods that are not called: `look0` (HEAD), `look1` (HEAD), `look2` (HEAD), and 2 more",
    )
    (await dialogue.presses(asked, "plugin-left")).expect("`look3` (HEAD), `look4` (HEAD)")
    member = dialogue.elsewhere("desk of Ben", replace(ANA, id="ben", name="Ben", admin=False))
    (await member.presses(asked, "plugin-left", "#error")).expect("Only an admin")
    await dialogue.presses(asked, "plugin-yes", "#installed")
    told = await dialogue.types("/plugin info tides")
    told.expect("2 of 8 operations can be used.", "and 2 more", "/plugin info tides left-out")
    (await dialogue.types("/plugin info tides left-out")).expect("`look4` (HEAD)")


@pytest.mark.slow
async def test_operations_are_chosen_in_the_chat_and_again_by_an_update(build: Build, tmp_path: Path) -> None:
    described = tmp_path / "tides.json"
    stage = build(catalogue=shop(described))
    described.write_text(json.dumps(tides(300)))
    dialogue = stage.dialogue()
    refused = await dialogue.types("/plugin install tides", "#error")
    refused.expect("301 operations", "at most 200", "tag:NAME", "tag:even (150), tag:odd (150)")
    asked = await dialogue.types("/plugin install tides tag:odd id:harbour1")
    asked.expect("1 of 301 operations are chosen (tag:odd id:harbour1)", "1 of 1 operations can be used.")
    assert "plugin-left" not in asked.buttons()
    await dialogue.presses(asked, "plugin-yes", "#installed")
    (await dialogue.types("/plugin update tides")).expect("is the newest version")
    described.write_text(json.dumps(tides(250) | {"servers": [{"url": "https://two.example"}]}))
    more = await dialogue.types("/plugin update tides")
    more.expect("fetch from two.example", "1 of 251 operations are chosen")
    (await dialogue.types("/plugin info tides left-out")).expect("1 of 301 operations are chosen")
    (await dialogue.types("/plugin install tides tag:odd nonsense", "#error")).expect("not a choice of operations")


async def described(tmp_path: Path) -> Path:
    document = {
        "openapi": "3.0.0",
        "info": {"title": "Tides", "version": "1.0", "description": "Tides."},
        "servers": [{"url": "https://tides.example"}],
        "paths": {"/tides": {"get": {"operationId": "tides", "summary": "The tides", "responses": {}}}},
    }
    path = tmp_path / "tides.json"
    path.write_text(json.dumps(document))
    return path


async def test_no_file_of_this_machine_is_read_for_a_chat(build: Build, catalogued: Catalogued, tmp_path: Path) -> None:
    path = await described(tmp_path)
    stage = build(catalogue=catalogued(), allowed="anything")
    dialogue = stage.dialogue()
    for wanted in (str(path), f"file://{path}", f"git+file://{tmp_path}", "git+ssh://git@a.example/x", "~/x.json"):
        (await dialogue.types(f"/plugin install {wanted}", "#error")).expect("not in the catalogue", "by its owner")
    (await dialogue.types("/plugin install https://127.0.0.1/x.json", "#error")).expect("not on the public internet")
    (await dialogue.types("/plugin install git+https://127.0.0.1/x", "#error")).expect("not on the public internet")
    assert not stage.host.plugins


async def test_an_address_from_a_chat_reaches_nothing_of_the_owners_network(
    build: Build, catalogued: Catalogued
) -> None:
    policy = OwnerPolicy(exempt=frozenset({"127.0.0.1:443", "127.0.0.1:8443"}))
    dialogue = build(catalogue=catalogued(), allowed="anything", policy=policy).dialogue()
    (await dialogue.types("/plugin install https://127.0.0.1/x.json", "#error")).expect("not on the public internet")
    (await dialogue.types("/plugin install https://127.0.0.1:8443/x", "#error")).expect("port 8443")
    (await dialogue.types("/plugin install git+https://127.0.0.1:8443/x", "#error")).expect("port 8443")


@pytest.mark.parametrize("allowed", ["catalogue", "anything"])
async def test_an_update_from_a_chat_reads_no_file_that_the_owner_has_named(
    build: Build, catalogued: Catalogued, tmp_path: Path, allowed: str
) -> None:
    stage = build(catalogue=catalogued(), allowed=allowed)
    dialogue = stage.dialogue()
    await dialogue.types("/plugin list")
    here = await stage.host.store.read(lambda session: identities.known_community(session, dialogue.place))
    # The owner has installed it for this community.
    async with stage.installer.fetched(from_terminal(file(tmp_path, "mine"))) as candidate:
        await stage.installer.install(candidate, here)
    file(tmp_path, "mine", version="2.0")
    (await dialogue.types("/plugin update mine", "#error")).expect("not in the catalogue")
    assert (await stage.installer.row("mine")).version == "1.0"


def renamed(path: Path, name: str) -> None:
    """Let the catalogue's plugin call itself something else."""
    shop = path.parent / "talk.py"
    shop.write_text(shop.read_text().replace('name = "talk"', f'name = "{name}"').replace("talk_say", "another_say"))


async def test_nobody_takes_over_what_others_installed_by_its_name(
    build: Build, catalogued: Catalogued, tmp_path: Path
) -> None:
    catalogue = catalogued()
    stage = build(catalogue=catalogue)
    dialogue = stage.dialogue()
    await install(stage, file(tmp_path, "mine"))
    renamed(catalogue, "mine")
    (await dialogue.types("/plugin install talk", "#error")).expect("mine is installed")
    row = await stage.installer.row("mine")
    assert (row.community_id, row.source) == (None, str(tmp_path / "mine.py"))


async def test_nobody_takes_over_what_others_installed_meanwhile(
    build: Build, catalogued: Catalogued, tmp_path: Path
) -> None:
    catalogue = catalogued()
    stage = build(catalogue=catalogue)
    dialogue = stage.dialogue()
    renamed(catalogue, "mine")
    asked = await dialogue.types("/plugin install talk")
    await install(stage, file(tmp_path, "mine"))
    (await dialogue.presses(asked, "plugin-yes", "#error")).expect("mine is installed")
    assert (await stage.installer.row("mine")).community_id is None


@pytest.mark.slow
async def test_an_update_with_another_name_takes_over_nothing(
    build: Build, catalogued: Catalogued, tmp_path: Path
) -> None:
    catalogue = catalogued()
    stage = build(catalogue=catalogue)
    dialogue = stage.dialogue()
    await installed(dialogue)
    await install(stage, file(tmp_path, "mine"))
    renamed(catalogued(version="1.1"), "mine")
    (await dialogue.types("/plugin update talk", "#error")).expect("is another plugin now: mine")
    assert (await stage.installer.row("mine")).community_id is None


async def test_where_nothing_may_be_installed_nothing_is_updated(build: Build, catalogued: Catalogued) -> None:
    await installed(build(catalogue=catalogued()).dialogue())
    stage = build(catalogue=catalogued(version="1.1"), allowed="nothing")
    await stage.installer.load()
    (await stage.dialogue().types("/plugin update talk", "#error")).expect("Only the owner of the machine")


async def test_an_update_takes_only_the_files_that_the_catalogue_names(build: Build, catalogued: Catalogued) -> None:
    stage = build(catalogue=catalogued())
    dialogue = stage.dialogue()
    await installed(dialogue)
    catalogued(version="1.1", digest="0" * 64)
    (await dialogue.types("/plugin update talk", "#error")).expect("not those that the catalogue names")


async def test_a_candidate_takes_no_other_plugins_name(build: Build, catalogued: Catalogued, tmp_path: Path) -> None:
    stage = build(catalogue=catalogued())
    dialogue = stage.dialogue()
    await installed(dialogue)
    # What the catalogue calls "talk" has become another plugin, and another entry brings one of that name.
    entries = [
        {"name": "talk", "description": "x", "source": "bundled:other.py"},
        {"name": "innocent", "description": "x", "source": "bundled:talk.py"},
    ]
    file(tmp_path / "shop", "other")
    (tmp_path / "shop" / "plugins.json").write_text(json.dumps({"plugins": entries}))
    row = await stage.installer.row("talk")
    (await dialogue.types("/plugin update talk", "#error")).expect("not in the catalogue")
    (await dialogue.types("/plugin install innocent", "#error")).expect("talk is installed")
    (tmp_path / "shop" / "talk.py").write_text((tmp_path / "shop" / "other.py").read_text())
    entries[0]["source"] = "bundled:talk.py"
    (tmp_path / "shop" / "plugins.json").write_text(json.dumps({"plugins": entries}))
    (await dialogue.types("/plugin update talk", "#error")).expect("is another plugin now: other")
    assert (await stage.installer.row("talk")).digest == row.digest


async def test_menus_hear_of_what_is_switched_in_a_community(build: Build) -> None:
    stage = build(found=[counting()])
    dialogue, changes = stage.dialogue(), stage.core.records.changes()
    (await dialogue.types("/plugin disable counting")).expect("counting is off here")
    place = await anext(changes)
    assert place
    assert (place.platform, place.community) == (dialogue.place.platform, dialogue.place.community)
    # There is nothing to sign in to.
    assert await stage.core.records.switched_off(place) == {"count", "fail", "hang", "connect"}
    (await dialogue.types("/plugin enable counting")).expect("counting is on here")
    assert await anext(changes) == place
    assert await stage.core.records.switched_off(place) == {"connect"}
