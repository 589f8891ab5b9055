"""The wire form of each action: old buttons stay in chats, so none of these lines may ever change."""

import re
from pathlib import Path

import pytest

from core.actions import LONGEST, LONGEST_OF_FORM, RESTS, Action, Verb, button_action, cut, fits, form_action

ROOT = Path(__file__).parents[2]
BY_HAND = re.compile(
    r"""\b(?:Button|Select|Form)\(\s*f?"|(?:\.action|\.form|call\.target|call\.rest)\.r?(?:partition|split|startswith)\(["'{]"""
)
"""How an action looks that is written or cut without `core.actions`."""

ID = "019ac5f07e4e700080000123456789ab"

WIRE = {
    f"up:{ID}": Action(Verb.UP, ID),
    f"down:{ID}": Action(Verb.DOWN, ID),
    f"why:{ID}": Action(Verb.WHY, ID),
    f"retry:{ID}": Action(Verb.RETRY, ID),
    f"continue:{ID}": Action(Verb.CONTINUE, ID),
    f"again:{ID}": Action(Verb.AGAIN, ID),
    f"show:{ID}": Action(Verb.SHOW, ID),
    f"stop:{ID}": Action(Verb.STOP, ID),
    f"branch:{ID}": Action(Verb.BRANCH, ID),
    f"calls:{ID}": Action(Verb.CALLS, ID),
    f"tool:get_weather:{ID}": Action(Verb.TOOL, "get_weather", ID),
    f"more:contribute:{ID}": Action(Verb.MORE, "contribute", ID),
    f"follow:{ID}": Action(Verb.FOLLOW, ID),
    f"follow-up:{ID}": Action(Verb.FOLLOW_UP, ID),
    f"rate:{ID}": Action(Verb.RATE, ID),
    f"report:{ID}": Action(Verb.REPORT, ID),
    f"report-close:{ID}": Action(Verb.REPORT_CLOSE, ID),
    f"label:{ID}": Action(Verb.LABEL, ID),
    "agree:2026:1": Action(Verb.AGREE, "2026:1"),
    "withdraw:1": Action(Verb.WITHDRAW, "1"),
    "ask-again:weather": Action(Verb.ASK_AGAIN, "weather"),
    "forget:me": Action(Verb.FORGET, "me"),
    "keep:me": Action(Verb.KEEP, "me"),
    "instructions:me": Action(Verb.INSTRUCTIONS, "me"),
    f"connect-yes:{ID}": Action(Verb.CONNECT_YES, ID),
    f"connect-no:{ID}": Action(Verb.CONNECT_NO, ID),
    "disconnect:calendar": Action(Verb.DISCONNECT, "calendar"),
    "settings:who": Action(Verb.SETTINGS, "who"),
    "set:log_channel": Action(Verb.SET, "log_channel"),
    "ratings:off": Action(Verb.RATINGS, "off"),
    "recent:off": Action(Verb.RECENT, "off"),
    "quotas:here": Action(Verb.QUOTAS, "here"),
    "plugin-yes:4f2a": Action(Verb.PLUGIN_YES, "4f2a"),
    "plugin-no:4f2a": Action(Verb.PLUGIN_NO, "4f2a"),
    "plugin-left:4f2a": Action(Verb.PLUGIN_LEFT, "4f2a"),
    "plugin-remove:weather": Action(Verb.PLUGIN_REMOVE, "weather"),
    f"tool-yes:{ID}:0a1b2c": Action(Verb.TOOL_YES, ID, "0a1b2c"),
    f"tool-always:{ID}:0a1b2c": Action(Verb.TOOL_ALWAYS, ID, "0a1b2c"),
    f"tool-all:{ID}:0a1b2c": Action(Verb.TOOL_ALL, ID, "0a1b2c"),
    f"tool-no:{ID}:": Action(Verb.TOOL_NO, ID, ""),
    f"t:{ID}:show": Action(Verb.TASK, ID, "show"),
    f"t:{ID}:l:quality:3": Action(Verb.TASK, ID, "l:quality:3"),
    "tasks:initial_prompt:": Action(Verb.TASKS, "initial_prompt", ""),
    "give:random": Action(Verb.GIVE, "random"),
    "consent:2026:1:label_prompter_reply": Action(Verb.CONSENT, "2026:1", "label_prompter_reply"),
    "langs:take": Action(Verb.LANGS, "take"),
    f"v:{ID}:2": Action(Verb.VOTE, ID, "2"),
    "board:week:here:de": Action(Verb.BOARD, "week", "here:de"),
    "mywork:labels:2": Action(Verb.MYWORK, "labels", "2"),
    f"f:{ID}:p:humor:5": Action(Verb.FREE, ID, "p:humor:5"),
    f"talk:{ID}:hide": Action(Verb.TALK, ID, "hide"),
    "talks:one": Action(Verb.TALKS, "one"),
    "private:off": Action(Verb.PRIVATE, "off"),
    "profile:use": Action(Verb.PROFILE, "use"),
    f"contribute:{ID}": Action(Verb.CONTRIBUTE, ID),
    f"prefer:{ID}:new": Action(Verb.PREFER, ID, "new"),
    f"arena-vote:{ID}:good": Action(Verb.ARENA_VOTE, ID, "good"),
    f"arena-end:{ID}": Action(Verb.ARENA_END, ID),
    f"mod:delete+:{ID}": Action(Verb.MODERATE, "delete+", ID),
    f"modedit:{ID}+": Action(Verb.MODERATE_EDIT, f"{ID}+"),
    f"modnote:{ID}": Action(Verb.MODERATE_NOTE, ID),
    f"gold:add:{ID}": Action(Verb.GOLD, "add", ID),
    f"goldform:{ID}": Action(Verb.GOLD_FORM, ID),
    "persona:butler": Action(Verb.PERSONA, "butler"),
    "threads:on": Action(Verb.THREADS, "on"),
    "start:help": Action(Verb.START, "help"),
    "try:1": Action(Verb.TRY, "1"),
    f"delete:{ID}": Action(Verb.DELETE, ID),
    "open-form:0123456789abcdef": Action(Verb.OPEN_FORM, "0123456789abcdef"),
}


@pytest.mark.parametrize("text", WIRE)
def test_an_action_is_written_and_read_in_the_form_that_it_has_always_had(text: str) -> None:
    action = WIRE[text]
    parts = (action.target, action.rest) if action.verb in RESTS else (action.target,)
    assert button_action(Verb(action.verb), *parts) == text
    assert Action.parse(text) == action


def test_the_form_of_every_verb_is_held() -> None:
    assert {action.verb for action in WIRE.values()} == set(Verb)


@pytest.mark.parametrize("verb", Verb)
def test_the_longest_of_our_actions_fits_everywhere(verb: Verb) -> None:
    """An action names at most one row of the store; what some say beside that is short."""
    longest = {
        Verb.TASK: "l:political_content:1",
        Verb.FREE: "l:political_content:1",
        Verb.MODERATE: "dismiss+",
        Verb.TOOL_ALWAYS: "0a1b2c3d4e5f6071",
    }
    assert fits(verb, ID, longest.get(verb, ""))


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("", Action("")),
        ("up", Action("up")),
        ("unheard-of:a:b", Action("unheard-of", "a:b")),
        ("t:1", Action("t", "1")),
        ("consent:menu", Action("consent", "", "menu")),
    ],
)
def test_what_is_old_or_made_by_hand_is_read_too(text: str, action: Action) -> None:
    assert Action.parse(text) == action


def test_an_action_that_the_smallest_platform_would_refuse_is_not_written() -> None:
    button, form = LONGEST - len("set:"), LONGEST_OF_FORM - len("set:")
    assert fits(Verb.SET, "é" * (button // 2))
    assert not fits(Verb.SET, "é" * (button // 2 + 1))
    assert len(button_action(Verb.SET, "x" * button)) == LONGEST
    with pytest.raises(ValueError, match="64 bytes"):
        button_action(Verb.SET, "x" * (button + 1))
    assert len(form_action(Verb.SET, "x" * form)) == LONGEST_OF_FORM
    with pytest.raises(ValueError, match="100 bytes"):
        form_action(Verb.SET, "x" * (form + 1))


def test_a_rest_with_parts_of_its_own_is_cut_again() -> None:
    what, argument = cut(Action.parse(f"t:{ID}:l:quality:3").rest)
    assert (what, *cut(argument)) == ("l", "quality", "3")


@pytest.mark.parametrize("room", ["bots", "cli", "core", "plugins/host"])
def test_nobody_writes_or_cuts_an_action_by_hand(room: str) -> None:
    files = [path for path in (ROOT / room).rglob("*.py") if path != ROOT / "core/actions.py"]
    assert [str(path) for path in files if BY_HAND.search(path.read_text())] == []
