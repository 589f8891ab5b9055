"""core.labeling.chat.leaderboard: /score and /leaderboard, as people see them."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from core.labeling.chat.leaderboard import LeaderboardCommands, plain
from core.labeling.rules.score import WorkCounts
from core.messages import Place, User
from core.store import identities, points
from core.store.engine.database import Database
from core.store.labeling_tables import LabelerRow
from core.texts import LocalizedTexts
from tests.core.building import core_over
from tests.core.conftest import echo
from tests.core.test_texts import LOCALES
from tests.dialogue import ANA, HERE, Dialogue
from tests.paper import PaperChat
from tests.store.test_points import DAY, finish

LANGUAGES = {"en": "English", "es": "Español", "zh-CN": "中文"}
THERE = replace(HERE, community="another server")
ELSEWHERE = Place("other", "their server", "room")
Begin = Callable[..., Dialogue]


@pytest.fixture
def begin(store: Database) -> Begin:
    """Begins a dialogue with a core that counts points, on a day that does not end during the test."""

    def one(preset: str = "agreement", daily_cap: int = 60) -> Dialogue:
        feature = LeaderboardCommands(preset, LANGUAGES, daily_cap, today=lambda: DAY).feature()
        core = core_over(store, echo(), more=[feature])
        paper = PaperChat()
        core.router.attach("paper", paper)
        return Dialogue(core, paper)

    return one


async def earn(
    store: Database,
    user: User,
    earned: float,
    *,
    ago: int = 0,
    place: Place = HERE,
    lang: str = "en",
    name: str = "labels_simple",
) -> None:
    def unit(session: Session) -> None:
        # Each has a private place of their own.
        scene = identities.scene(session, replace(place, channel=f"desk of {user.id}"), user)
        points.add(session, scene.person_id, scene.community_id, lang, {name: earned}, DAY - timedelta(days=ago))

    await store.write(unit)


def someone(name: str) -> User:
    return User(name, name.title())


async def test_a_score_is_told_by_frame_with_level_streak_and_place(begin: Begin, store: Database) -> None:
    for earned, ago in ((3, 0), (4, 6), (20, 20), (66, 40)):
        await earn(store, ANA, earned, ago=ago)
    await earn(store, someone("ben"), 9)
    await earn(store, ANA, 30, place=THERE)

    def days(session: Session) -> None:
        person_id = identities.person(session, "paper", ANA)
        for ago in (2, 1):
            finish(session, person_id, DAY - timedelta(days=ago))

    await store.write(days)
    told = await begin().types("/score")
    told.expect("- Today: 33\n- Last 7 days: 37\n- Last 30 days: 57\n- In total: 117")
    told.expect("Level 12; points to the next: 9", "Days in a row: 2", "Your place here in the last 7 days: 2")
    told.expect("`/score hide`", "midnight UTC")


async def test_a_newcomer_has_a_score_too(begin: Begin) -> None:
    told = await begin().types("/score")
    told.expect("In total: 0", "Level 1; points to the next: 4", "Days in a row: 0")
    assert "place" not in told.reply.text


async def test_there_is_a_highest_level(begin: Begin, store: Database) -> None:
    await earn(store, ANA, 7000)
    (await begin(daily_cap=0).types("/score")).expect("Level 100, the highest", "7,000")


@pytest.mark.parametrize(
    ("preset", "cap", "words", "missing"),
    [
        ("agreement", 60, ["Your reply is first in the outcome: 5", "wrongly: -2", "At most 60 points"], "for every"),
        ("open-assistant", 0, ["Prompt written: one point for every 10", "first in somebody’s ranking: 9"], "At most"),
    ],
)
async def test_the_formula_in_force_is_published(
    begin: Begin, preset: str, cap: int, words: list[str], missing: str
) -> None:
    told = (await begin(preset, cap).types("/score")).expect(*words)
    assert missing not in told.reply.text


def test_everything_that_may_count_has_a_name() -> None:
    texts = LocalizedTexts(LOCALES)
    assert [one.name for one in fields(WorkCounts) if not texts.has(f"score-{one.name.replace('_', '-')}")] == []


def test_a_formula_that_there_is_not_is_found_at_the_start() -> None:
    with pytest.raises(KeyError, match="volume"):
        LeaderboardCommands("volume", LANGUAGES).feature()


async def test_a_board_shows_the_best_ten_and_who_asks(begin: Begin, store: Database) -> None:
    for number in range(11):
        await earn(store, someone(f"p{number}"), 20 + number)
    await earn(store, ANA, 5)
    told = await begin().types("/leaderboard")
    told.expect("**Leaderboard** · Last 7 days · Here", "\n1. P10: 30 · ", "\n2. P9: 29 · ", "10. P1: 21 · ")
    told.expect("Ana is in place 12 (points: 5). prompts 0, replies 0, labels 5, rankings 0, ranked first 0")
    assert "P0" not in told.reply.text


async def test_a_board_shows_what_people_did_beside_their_points(begin: Begin, store: Database) -> None:
    done = {"prompts": 2, "replies_assistant": 3, "replies_prompter": 1, "labels_simple": 7, "labels_full": 2}
    for name, number in {**done, "rankings": 5, "best_first": 1, "placed_first": 4}.items():
        await earn(store, ANA, number, name=name)
    await earn(store, ANA, 50, name="rankings", ago=9)
    await earn(store, ANA, 60, name="rankings", lang="es")
    told = await begin().types("/leaderboard week here en")
    told.expect(" · prompts 2, replies 4, labels 9, rankings 5, ranked first 1")


async def test_who_asks_is_marked_among_the_best(begin: Begin, store: Database) -> None:
    await earn(store, ANA, 5)
    told = await begin().types("/leaderboard day")
    told.expect("· Today ·", "1. **Ana (you)**: 5")
    assert "in place" not in told.reply.text


async def test_an_empty_board_says_so(begin: Begin) -> None:
    (await begin().types("/leaderboard total everywhere es")).expect("In total · Everywhere · Español", "Nobody is on")


async def test_a_board_can_be_asked_for_by_scope_and_language(begin: Begin, store: Database) -> None:
    await earn(store, someone("ben"), 4, place=THERE, lang="es")
    await earn(store, someone("cleo"), 3, place=ELSEWHERE, lang="es")
    await earn(store, someone("dan"), 9, place=ELSEWHERE)
    dialogue = begin()
    (await dialogue.types("/leaderboard week here")).expect("Nobody is on")
    platform = (await dialogue.types("/leaderboard week platform")).expect("1. Ben: 4")
    assert "Dan" not in platform.reply.text
    (await dialogue.types("/leaderboard week everywhere")).expect("1. Dan: 9 ·", "\n2. Ben: 4 ·", "\n3. Cleo: 3 ·")
    (await dialogue.types("/leaderboard week everywhere es")).expect("1. Ben: 4 ·", "\n2. Cleo: 3 ·")


async def test_the_frame_is_changed_in_place(begin: Begin, store: Database) -> None:
    await earn(store, ANA, 5, ago=9)
    dialogue = begin()
    board = await dialogue.types("/leaderboard week everywhere zh-CN")
    actions = [button.action for button in board.reply.buttons]
    assert actions == [f"board:{frame}:everywhere:zh-CN" for frame in ("day", "week", "month", "total")]
    assert [button.chosen for button in board.reply.buttons] == [False, True, False, False]
    assert max(len(action.encode()) for action in actions) <= 64
    await dialogue.send(replace(dialogue.press_of(board, "board"), action="board:month:here:"))
    await dialogue.settled()
    changed = (await dialogue.finished(board.id)).expect("Last 30 days · Here", "1. **Ana (you)**: 5")
    assert [button.chosen for button in changed.reply.buttons] == [False, False, True, False]


@pytest.mark.parametrize("target", ["", "year:here:", "week:room:", "week:here:xx", "week:here:en:more"])
async def test_a_button_that_is_no_longer_known_says_so(begin: Begin, target: str) -> None:
    dialogue = begin()
    board = await dialogue.types("/leaderboard")
    await dialogue.send(replace(dialogue.press_of(board, "board"), key="paper:old", action=f"board:{target}"))
    (await dialogue.finished("paper:old#error")).expect("no longer works")


async def test_people_take_themselves_off_the_boards_and_come_back(begin: Begin, store: Database) -> None:
    await earn(store, ANA, 5)
    dialogue = begin()
    (await dialogue.types("/score hide")).expect("do not show you any more")
    assert "Ana" not in (await dialogue.types("/leaderboard")).reply.text
    hidden = (await dialogue.types("/score")).expect("Today: 5", "`/score show`")
    assert "Your place" not in hidden.reply.text
    (await dialogue.types("/score show")).expect("from now on")
    (await dialogue.types("/leaderboard")).expect("1. **Ana (you)**: 5")


async def test_who_is_banned_is_not_shown(begin: Begin, store: Database) -> None:
    await earn(store, someone("ben"), 5)

    def ban(session: Session) -> None:
        session.add(LabelerRow(person_id=identities.person(session, "paper", someone("ben")), banned=True))

    await store.write(ban)
    (await begin().types("/leaderboard")).expect("Nobody is on")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/score maybe", "Possible: show, hide"),
        ("/leaderboard year", "Possible: day, week, month, total"),
        ("/leaderboard week mine", "Possible: here, platform, everywhere"),
        ("/leaderboard week here xx", "“xx” is not possible for “language”"),
    ],
)
async def test_what_is_not_possible_is_explained(begin: Begin, line: str, words: str) -> None:
    (await begin().types(line, "#error")).expect(words)


async def test_a_name_is_shown_as_it_is(begin: Begin, store: Database) -> None:
    await earn(store, User("eve", "[free](http://x)\n# *Eve*"), 3)
    await earn(store, User("nobody", ""), 2)
    told = await begin().types("/leaderboard")
    told.expect(r"1. \[free\](http://x) \# \*Eve\*: 3 ·", "2. Somebody: 2 ·")


def test_a_long_name_is_cut() -> None:
    assert len(plain("x" * 100)) == 40
