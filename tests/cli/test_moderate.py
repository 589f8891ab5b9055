"""`parley moderate`, as it is typed, on a village that somebody has to look after."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import click
import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session, select

from cli import moderate
from cli.live_checks import practice_tasks
from cli.main import parley
from config.settings import load
from core.labeling.rules.defaults import LabelingRules
from core.labeling.service.message_reports import report
from core.messages import Place, User
from core.store import hot_path, identities, reports
from core.store.engine.database import connect
from core.store.labeling_tables import FlagRow, LabelerRow, TreeMessageRow
from core.store.tables import AccountRow, AuditRow
from tests.labeling.village import BAD, Village

pytestmark = pytest.mark.above_the_store

T = TypeVar("T")
DOCS = Path(__file__).parents[2] / "docs" / "moderation.md"
PEOPLE = ("Ana", "Ben", "Cleo", "Dan", "Eva")


@dataclass
class Installation:
    """A database with a tree in it: Ana's prompt, and replies by Ben and Cleo, where Ben's was reported."""

    url: str
    tree: str = ""
    ben: str = ""
    cleo: str = ""
    person: str = ""

    def on(self, work: Callable[[Village], Awaitable[T]]) -> T:
        async def doing() -> T:
            store = connect(self.url)
            try:
                return await work(Village(store, LabelingRules(gold_every=0, p_activate_backlog_tree=0)))
            finally:
                await store.close()

        return asyncio.run(doing())

    def read(self, unit: Callable[[Session], T]) -> T:
        return self.on(lambda village: village.store.read(unit))

    async def grow(self, village: Village) -> None:
        await village.settle_in(*PEOPLE)
        self.tree = await village.writes("Ana", "Why is the sky blue?")
        await village.accepts("label_initial_prompt", "Ben", "Cleo")
        self.ben = await village.writes("Ben", "Rayleigh \x1b[31mscattering.", "assistant_reply")
        self.cleo = await village.writes("Cleo", "Because of the sea.", "assistant_reply")
        await village.labels("Dan", "label_assistant_reply", BAD)
        self.person = village.people["Ana"]

        flag = FlagRow(person_id=village.people["Dan"], message_id=self.ben, labels=["spam"], comment="look\x07")
        flag.community_id, flag.source, flag.at = village.community, "form", village.now
        await village.store.write(lambda session: report(session, flag))


@pytest.fixture
def here(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path))
    monkeypatch.setenv("PARLEY_DATABASE__URL", database_url)
    monkeypatch.setattr(moderate, "at_the_machine", lambda: "root")
    made = Installation(database_url)
    made.on(made.grow)
    return made


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(parley, ["moderate", *words], input=given)


def done(*words: str, given: str = "") -> str:
    result = run(*words, given=given)
    assert result.exit_code == 0, result.output
    return result.output


def test_what_was_reported_is_shown_and_dismissed(here: Installation) -> None:
    shown = done("flags")
    assert f"{here.ben}  assistant (en) by Ben, tree growing" in shown
    assert "- Dan, 2026-03-01 12:00: spam, look\n" in shown
    assert f"More: parley moderate flags --after {here.ben}" in done("flags", "--limit", "1")
    assert done("flags", "--after", here.ben) == "Nothing is waiting for a moderator.\n"
    assert done("dismiss", here.ben) == "1 report is closed.\n"
    assert done("dismiss", here.ben) == "No report of it is open.\n"
    assert done("flags") == "Nothing is waiting for a moderator.\n"


def test_a_tree_is_shown_with_what_was_said_of_it(here: Installation) -> None:
    done("edit", here.tree, "--text", "Why is it blue?")
    shown = done("show", here.ben)
    assert f"Tree {here.tree}: growing, en, for everybody" in shown
    assert f"{here.tree}  prompter by Ana [{here.person}]: accepted, reviews: 2, edited\n  Why is it blue?" in shown
    assert "  * Ben (full): quality 0.75, lang_mismatch 0, spam 0" in shown
    assert "changed by the terminal: Why is the sky blue?" in shown
    assert f"\n  > {here.ben}  assistant by Ben" in shown
    assert "Rayleigh scattering." in shown


def test_the_figures_are_told(here: Installation) -> None:
    shown = done("stats")
    assert "Given by people: prompts 1, replies 2, labels 3, rankings 0\n" in shown
    assert re.search(r"en:\n  messages  assistant  by people +2\n  messages  prompter   by people +1\n", shown)
    assert re.search(r"  trees     growing +1\n", shown)


def test_a_tree_is_drawn_with_its_branches(here: Installation) -> None:
    lines = [line.rstrip() for line in done("tree", here.cleo).splitlines()]
    assert lines[0] == f"Tree {here.tree}: growing, en, for everybody"
    assert lines[2:] == [
        f"● prompter Ana: accepted, reviews: 2  {here.tree}",
        "│ Why is the sky blue?",
        f"├─● assistant Ben: undecided, reviews: 1  {here.ben}",
        "│   Rayleigh scattering.",
        f"└─> assistant Cleo: undecided, reviews: 0  {here.cleo}",
        "    Because of the sea.",
    ]
    assert "there is no message with that id" in run("tree", "nothing").output


def test_a_tree_is_written_as_a_page_that_runs_nothing(here: Installation, tmp_path: Path) -> None:
    file = tmp_path / "tree.html"
    done("edit", here.ben, "--text", "<script>alert(1)</script> & more")
    assert f"{file} shows the tree" in done("tree", here.tree, "--html", str(file))
    page = file.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
    assert "<script" not in page
    assert page.index("Why is the sky blue?") < page.index(f'id="{here.ben}"') < page.index("</ul></li>")
    assert "person 1" in page
    assert "Ana" not in page
    assert file.stat().st_mode & 0o077 == 0
    done("tree", here.tree, "--html", str(file), "--names")
    assert "prompter · Ana · accepted, reviews: 2" in file.read_text(encoding="utf-8")
    missing = run("tree", here.tree, "--html", str(tmp_path / "no" / "tree.html"))
    assert missing.exit_code == 1
    assert "cannot be written" in missing.output


def test_a_name_is_neither_a_line_of_its_own_nor_turns_the_text_around(here: Installation, tmp_path: Path) -> None:
    async def renamed(village: Village) -> None:
        def unit(session: Session) -> None:
            account = session.exec(select(AccountRow).where(AccountRow.name == "Ben")).one()
            account.name = "Ben\n● prompter Ana: accepted\u202e"

        await village.store.write(unit)

    here.on(renamed)
    lines = done("tree", here.cleo).splitlines()
    assert len(lines) == 8
    assert not any(line.startswith("● prompter Ana: accepted\u202e") or "\u202e" in line for line in lines)
    assert "\u202e" not in done("search", "RAYLEIGH")
    file = tmp_path / "tree.html"
    done("tree", here.tree, "--html", str(file), "--names")
    assert "\u202e" not in file.read_text(encoding="utf-8")


def test_messages_are_found_by_what_they_are(here: Installation) -> None:
    shown = done("search", "RAYLEIGH")
    assert f"{here.ben}  assistant (en) on paper by Ben (paper:Ben, id " in shown
    assert ", tree growing\n  undecided, reviews: 1\n  Rayleigh scattering.\n" in shown
    assert done("search", "green") == "Nothing was found.\n"
    assert found("--author", "paper:Cleo") == [here.cleo]
    assert found("--role", "prompter") == found("sky", "--review", "accepted") == [here.tree]
    assert found("--state", "ranking") == found("--lang", "de") == found("--platform", "discord") == []
    assert found("the") == [here.cleo, here.tree]
    assert "nobody is known as 'x:y'" in run("search", "--author", "x:y").output
    done("delete", here.ben)
    assert found("--review", "deleted") == [here.ben]
    assert found("--review", "undecided") == [here.cleo]


def test_more_messages_are_found_page_by_page(here: Installation) -> None:
    first = done("search", "--limit", "2")
    assert f"More: the same with --after {here.ben}" in first
    assert found("--limit", "2", "--after", here.ben) == [here.tree]


def test_case_means_nothing_in_any_script(here: Installation) -> None:
    done("edit", here.cleo, "--text", "WEIL DAS MEER ÜBERALL BLAU IST, САМО СОБОЙ")
    assert found("überall") == found("само собой") == [here.cleo]


def found(*words: str) -> list[str]:
    """The ids of the messages that a search finds."""
    return re.findall(r"^([0-9a-f]{32})  ", done("search", *words), re.MULTILINE)


def test_notes_about_a_person_are_kept_and_erased(here: Installation) -> None:
    assert done("notes", "paper:Ben") == "There are no notes about them.\n"
    (id,) = re.findall(r"--erase (\w+)", done("note", "paper:Ben", "Pastes from the web.\n\x1b[31mTwice."))
    shown = done("notes", "paper:Ben")
    assert re.fullmatch(rf"{id}  [0-9: -]+, root, in the terminal\n  Pastes from the web.\n  Twice.\n", shown)
    assert done("notes", here.person) == "There are no notes about them.\n"
    assert "there is no text" in run("note", "paper:Ben", "  ").output
    assert "there is no note" in run("notes", here.person, "--erase", id).output
    assert "nobody is known" in run("note", "paper:nobody", "Who?").output
    assert done("notes", "paper:Ben", "--erase", id) == "There are no notes about them.\n"


def test_messages_are_deleted_and_restored(here: Installation) -> None:
    assert "3 messages deleted." in done("delete", here.tree)
    assert "It was deleted before" in done("delete", here.tree)
    refused = run("reopen", here.tree)
    assert "`parley moderate restore` it" in refused.output
    restored = done("restore", here.cleo)
    assert "2 messages restored." in restored
    assert f"Tree {here.tree} is in the state growing." in restored
    assert "It was not deleted." in done("restore", here.cleo)


def test_a_tree_is_halted_and_goes_on(here: Installation) -> None:
    assert "halted_by_moderator" in done("halt", here.ben)
    assert "It was halted before." in done("halt", here.ben)
    assert "in the state growing" in done("reopen", here.tree)
    assert "only a halted tree" in run("reopen", here.tree).output


def test_the_doctor_tells_in_which_languages_nobody_can_practise(here: Installation) -> None:
    (warning,) = asyncio.run(practice_tasks(load()))
    assert (warning.state, warning.found.partition(",")[0]) == ("warn", "none in en")
    done("gold", "add", here.tree, "--why", "It asks.", "--label", "spam=0")
    assert asyncio.run(practice_tasks(load())) == []


def test_a_message_becomes_a_practice_task_and_is_one_no_more(here: Installation) -> None:
    assert "gold add" in done("gold", "list")
    assert "fewer than its tree asks for" in run("gold", "add", here.cleo, "--why", "It says.").output
    assert "possible for the message" in run("gold", "add", here.tree, "--why", "It asks.", "--label", "pii=0").output
    assert "'spam' is not like spam=0" in run("gold", "add", here.tree, "--why", "It asks.", "--label", "spam").output
    added = done("gold", "add", here.tree, "--why", "It asks.", "--label", "spam=0", "--label", "quality=0.75")
    shown = (
        f"en  label_initial_prompt  gold/{here.tree}\n    Why is the sky blue?\n    quality=0.75, spam=0  It asks.\n"
    )
    assert added.startswith(shown)
    assert done("gold", "list", "--lang", "en") == shown
    assert here.tree not in done("gold", "list", "--lang", "de")
    assert done("gold", "remove", f"gold/{here.tree}") == "It is handed out no more.\n"
    assert "gold list" in run("gold", "remove", f"gold/{here.tree}").output
    acts = here.read(lambda session: session.exec(select(AuditRow.action).where(AuditRow.subject == here.tree)).all())
    assert acts == ["moderate-gold-add"]


def test_an_editor_opens_for_a_text(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def edit(text: str, extension: str) -> str | None:
        texts.append(text)
        return None if len(texts) == 1 else f"{text} Or green?\n"

    monkeypatch.setattr(click, "edit", edit)
    assert "Nothing was changed." in done("edit", here.tree)
    assert "Changed" in done("edit", here.tree)
    assert texts == ["Why is the sky blue?"] * 2
    kept = here.read(lambda session: session.get_one(TreeMessageRow, here.tree))
    assert (kept.text, kept.edited) == ("Why is the sky blue? Or green?", True)
    assert "needs some text" in run("edit", here.tree, "--text", " ").output
    assert "Nothing was changed." in done("edit", here.tree, "--text", kept.text)


@pytest.mark.parametrize("by_account", [True, False])
def test_people_are_banned_by_account_or_id(here: Installation, by_account: bool) -> None:
    person = "paper:Ana" if by_account else here.person
    assert done("ban", person) == f"Ana (paper:Ana, id {here.person}) is banned from tasks now.\n"
    assert "is banned from tasks anyway" in done("ban", person)
    assert here.read(lambda session: session.get_one(LabelerRow, here.person).banned)
    assert "may do tasks now" in done("unban", person)

    def acts(session: Session) -> list[tuple[str, str, str]]:
        return [(row.action, row.subject, row.outcome) for row in session.exec(select(AuditRow).order_by("id")).all()]

    assert here.read(acts) == [(f"moderate-{verb}", here.person, "root") for verb in ("ban", "unban")]


def test_trolls_and_splits(here: Installation) -> None:
    assert re.search(r" 3  Ben \(paper:Ben, id \w+\)\n +reports 1\n", done("trolls"))

    async def split(village: Village) -> None:
        await village.settle_in(*PEOPLE)

        def poor(session: Session) -> None:
            session.merge(LabelerRow(person_id=village.people["Eva"], reliability=0.4, items=30))

        await village.store.write(poor)
        await village.labels("Ana", "label_assistant_reply")
        await village.labels("Ana", "label_assistant_reply")

    assert done("splits") == "No votes are split.\n"
    here.on(split)
    assert "undecided: 1 for, 1 against, 0.50 where 0.6 is to be exceeded" in done("splits")
    assert re.search(r"Eva \(paper:Eva, id \w+\): right in 40% of 30 reviews", done("trolls"))


@pytest.mark.slow
def test_a_purge_shows_what_it_would_touch_first(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = done("purge", "paper:Ana", "--ban")
    assert "0 messages would be erased, and 1 message would be emptied for the replies of others." in shown
    assert re.search(r"messages +3 -> +2\n", shown)
    assert re.search(r"trees in growing +1 -> +0\n", shown)
    assert "give --yes to do it" in shown
    monkeypatch.setattr(moderate, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    assert run("purge", "paper:Ana", given="n\n").exit_code == 1
    assert here.read(lambda session: session.get_one(TreeMessageRow, here.tree)).text
    assert "1 message erased." in done("purge", "paper:Cleo", given="y\n")
    assert "0 messages erased." in done("purge", "paper:Ana", "--yes", "--from", "2026-03-02")
    assert "0 messages erased." in done("purge", "paper:Ana", "--yes", "--to", "2026-02-28")
    erased = done("purge", "paper:Ana", "--yes", "--ban", "--from", "2026-03-01", "--to", "2026-03-01")
    assert "0 messages erased, and 1 message emptied" in erased
    assert here.read(lambda session: session.get_one(TreeMessageRow, here.tree)).text == ""
    assert here.read(lambda session: session.get_one(LabelerRow, here.person).banned)
    assert "was erased for good" in run("restore", here.tree).output


def test_an_unknown_message_is_said_in_a_line(here: Installation) -> None:
    for verb in ("show", "delete", "restore", "halt", "reopen", "edit", "dismiss"):
        refused = run(verb, "nothing")
        assert (refused.exit_code, "Traceback" in refused.output) == (1, False)
        assert "there is no message with that id; `parley moderate search`" in refused.output


def test_an_unknown_person_is_said_in_a_line(here: Installation) -> None:
    for verb in ("ban", "unban", "purge"):
        for person in ("nobody", "paper:nobody", "paper:"):
            refused = run(verb, person)
            assert (refused.exit_code, "Traceback" in refused.output) == (1, False)
            assert f"nobody is known as '{person}'; give an account like discord:123456" in refused.output


def test_without_a_database_there_is_nothing_to_moderate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path))
    refused = run("flags")
    assert refused.exit_code == 1
    assert "start Parley first" in refused.output
    assert list(tmp_path.iterdir()) == []


def test_trees_follow_the_rules_of_the_settings(tmp_path: Path) -> None:
    settings = load(environment={"PARLEY_HOME": str(tmp_path), "PARLEY_TASKS__PROFILE": "open-assistant"})
    assert moderate.keeper(settings).rules.auto_mod_red_flags == 4


def test_every_command_is_in_the_docs() -> None:
    told = DOCS.read_text(encoding="utf-8")
    assert [name for name in moderate.moderate.commands if f"parley moderate {name}" not in told] == []


def test_reported_answers_are_listed_shown_and_closed(here: Installation) -> None:
    def unit(session: Session) -> str:
        place, ana = Place("paper", "server", "room"), User("ana", "Ana")
        scene = identities.scene(session, place, ana)
        asked = hot_path.NewQuestion("Hello", "en", "direct", "q", None)
        _, answer = hot_path.begin(session, scene, asked, "en", hot_path.AnswerChoices("m", "p", "x"))
        hot_path.finish(session, answer, hot_path.AnswerEnding("Rude words", "complete", "stop", 1, 1))
        reports.report(session, scene.person_id, answer, ("spam",), "it is rude", "command")
        return answer

    answer = here.on(lambda village: village.store.write(unit))
    assert f"{answer}  1 open" in done("reports")
    assert "it is rude" in done("report", answer)
    assert done("close", answer) == "1 report is closed.\n"
    assert done("reports") == "No reported answer is waiting.\n"
