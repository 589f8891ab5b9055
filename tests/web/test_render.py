import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bots.web.downloads import FileLink
from bots.web.page_state import PageState, place_of
from bots.web.pages import ComposerMode
from bots.web.render import LONGEST_KEPT, LONGEST_PLAIN, PageContext, PageRenderer, bare_emoji, file_size
from bots.web.rooms import LiveAnswer, OpenForm, RoomNote
from bots.web.view import PageView, element, heard
from core.messages import Button, Field, Form, Reply, Summary, Turn
from tests.shared.cards import ROWS, buttons
from tests.web.audit import HOSTILE, faults
from tests.web.page import tree
from tests.web.words import Words

AT = datetime(2026, 1, 1, tzinfo=UTC)
PLACE = place_of("c" * 32)
QUESTION = Turn("q1", "prompter", "What is *it*?", "Guest", AT, "manual", platform_id="m1")
ANSWER = Turn("a1", "assistant", "It **is**.", "", AT, "complete", platform_id="k1#answer", model="tiny")
THUMBS = (Button("up:a1", "Good answer", "👍", chosen=True), Button("down:a1", "Bad answer", "👎"))


@pytest.fixture(scope="module")
def renderer() -> PageRenderer:
    return PageRenderer(Words(), lambda name: f"/static/{name}", lambda token: token == "there", "ONCE")


def drawn(renderer: PageRenderer, *turns: Turn, **more: object) -> str:
    return "".join(map(element, view(renderer, *turns, **more).items))


def view(renderer: PageRenderer, *turns: Turn, **more: object) -> PageView:
    scene = PageState(PLACE, "en", turns)
    return renderer.view(replace(scene, **more))  # type: ignore[arg-type]  # a shorthand for tests


def live(renderer: PageRenderer, text: str, **more: object) -> dict[str, LiveAnswer]:
    reply = Reply(text, answer="a1", underway=True)
    shown = replace(reply, **more)  # type: ignore[arg-type]  # a shorthand for tests
    return {"a1": LiveAnswer("k1#answer", shown, renderer.growing("en"))}


def test_a_persons_text_is_shown_as_they_wrote_it(renderer: PageRenderer) -> None:
    html = drawn(renderer, QUESTION)
    assert '<div class="plain">What is *it*?</div>' in html
    assert "/c/" + "c" * 32 + "?edit=m1" in html
    assert 'id="t-m1"' in html


def test_a_card_that_is_not_kept_any_more_can_be_shown_again(renderer: PageRenderer) -> None:
    listed = Summary("1", PLACE, "/tasks", AT)
    html = drawn(renderer, summaries=(listed,))
    assert "What /tasks showed here is gone" in html
    assert '<button class="press" name="text" value="/tasks">' in html
    note = RoomNote("n1", "notice", Reply("A card"), AT)
    assert "is gone" not in drawn(renderer, summaries=(listed,), notes=(note,))
    assert drawn(renderer, summaries=(replace(listed, title="Hello"),)) == ""


def test_a_long_text_is_folded_up(renderer: PageRenderer) -> None:
    html = drawn(renderer, replace(QUESTION, text="word " * LONGEST_PLAIN))
    assert "<details" in html
    assert "Show all" in html


def test_the_words_of_others_that_a_question_is_about_are_folded_up(renderer: PageRenderer) -> None:
    html = drawn(renderer, replace(QUESTION, text="Explain this.", quoted=("<b>Bees</b> fly.",)))
    assert '<div class="plain">Explain this.</div>' in html
    assert "<summary>&lt;b&gt;Bees&lt;/b&gt; fly.</summary>" in html


def test_an_answer_is_markdown_with_its_model_and_its_source(renderer: PageRenderer) -> None:
    html = drawn(renderer, ANSWER)
    assert "<p>It <strong>is</strong>.</p>" in html
    assert '<span class="model" dir="ltr">tiny</span>' in html
    assert re.search(r"<textarea class=\"source\" hidden[^>]*>\nIt \*\*is\*\*\.</textarea>", html)
    assert "?reply=k1%23answer" in html


def test_what_the_model_thought_is_folded_up_above_its_answer(renderer: PageRenderer) -> None:
    html = drawn(renderer, replace(ANSWER, reasoning="<b>Hm</b>"))
    folded = html.index('<details class="reasoning"><summary>Reasoning</summary>')
    assert "&lt;b&gt;Hm&lt;/b&gt;" in html
    assert folded < html.index("<p>It <strong>is</strong>.</p>")
    assert "Hm" not in html[html.index("<textarea") :]
    shown = view(renderer, replace(ANSWER, reasoning="Hm"))
    assert "Hm" not in heard(shown.items[0])


def test_it_is_not_folded_up_again_with_every_word_while_it_thinks(renderer: PageRenderer) -> None:
    answer = replace(ANSWER, text="", state="in_progress")
    thinking = drawn(renderer, answer, live=live(renderer, "", reasoning="Hm"))
    assert "reasoning" not in thinking
    assert '<details class="reasoning">' in drawn(renderer, answer, live=live(renderer, "It", reasoning="Hm"))


def test_thumbs_say_whether_they_are_given(renderer: PageRenderer) -> None:
    html = drawn(renderer, replace(ANSWER, buttons=THUMBS))
    assert re.search(r'value="up:a1"[^>]*aria-label="Good answer" aria-pressed="true"', html)
    assert re.search(r'value="down:a1"[^>]*aria-label="Bad answer" aria-pressed="false"', html)
    assert '<use href="#icon-thumb-up"/>' in html


def test_a_thumb_on_a_card_is_a_button_like_the_others_and_has_its_words(renderer: PageRenderer) -> None:
    judge = (Button("t:1:good", "Good", "👍"), Button("t:1:ok", "OK", "😐"))
    html = drawn(renderer, notes=(RoomNote("n1", "notice", Reply("The card", buttons=judge), AT),))
    assert re.search(r'class="press"><span aria-hidden="true">👍</span><span>Good</span>', html)
    assert "icon-thumb-up" not in html


def test_buttons_stand_in_the_rows_that_they_ask_for(renderer: PageRenderer) -> None:
    html = drawn(renderer, notes=(RoomNote("n1", "notice", Reply("The card", buttons=buttons()), AT),))
    rows = html.split('<div class="row">')[1:]
    assert tuple(row.count("<button") for row in rows) == ROWS
    assert 'class="row"' not in drawn(renderer, replace(ANSWER, buttons=THUMBS))


@pytest.mark.parametrize(("branch", "before", "after"), [(1, "x1", "x2"), (2, "x1", "x3"), (3, "x2", "x3")])
def test_the_pager_leads_to_the_neighbours(renderer: PageRenderer, branch: int, before: str, after: str) -> None:
    html = drawn(renderer, replace(ANSWER, branch=branch, branches=("x1", "x2", "x3")))
    assert f">{branch}/3</span>" in html
    values = re.findall(r'value="branch:(\w+)"', html)
    assert values == [before, after]
    assert html.count(" disabled>") == (0 if branch == 2 else 1)


def test_a_single_version_has_no_pager(renderer: PageRenderer) -> None:
    assert "pager" not in drawn(renderer, replace(ANSWER, branches=("a1",)))


def test_an_answer_underway_is_what_the_core_last_sent(renderer: PageRenderer) -> None:
    pending = replace(ANSWER, text="", state="in_progress")
    stop = Button("stop:a1", "Stop", "⏹")
    html = drawn(renderer, pending, live=live(renderer, "So far", buttons=(stop,), status="You are next."))
    assert "<p>So far</p>" in html
    assert "You are next." in html
    assert "<span>Stop</span>" in html
    assert "source" not in html
    assert 'class="dots"' not in html


def test_an_answer_without_a_word_shows_dots(renderer: PageRenderer) -> None:
    pending = replace(ANSWER, text="", state="pending", platform_id=None)
    assert 'class="dots"' in drawn(renderer, pending)
    assert 'class="dots"' in drawn(renderer, pending, live=live(renderer, ""))


def test_a_finished_answer_is_what_the_store_has(renderer: PageRenderer) -> None:
    shown = live(renderer, "old words", underway=False, status="The model is gone.")
    html = drawn(renderer, replace(ANSWER, buttons=THUMBS, status="Interrupted."), live=shown)
    assert "It <strong>is</strong>" in html
    assert "The model is gone." in html, "what was said of the end is more than what the store knows"
    assert "Interrupted." not in html


def test_an_answer_that_has_just_ended_is_not_taken_for_an_older_state(renderer: PageRenderer) -> None:
    stale = replace(ANSWER, text="", state="in_progress")
    html = drawn(renderer, stale, live=live(renderer, "All of it.", underway=False))
    assert "All of it." in html
    assert "dots" not in html


def test_a_message_that_waits_for_its_place_is_followed_by_dots(renderer: PageRenderer) -> None:
    waiting = RoomNote("m2", "message", Reply("And *this*?"), AT)
    html = drawn(renderer, ANSWER, notes=(waiting,))
    assert html.index("And *this*?") < html.index('class="dots"')
    refused = RoomNote("m2#error", "notice", Reply("Too long."), AT)
    assert "dots" not in drawn(renderer, ANSWER, notes=(waiting, refused))


def test_a_command_and_its_notice_stand_in_the_flow(renderer: PageRenderer) -> None:
    notes = (
        RoomNote("c1", "command", Reply("/help *me*"), AT),
        RoomNote("n1", "notice", Reply("Read **this**.", buttons=(Button("agree:1", "I agree"),)), AT),
    )
    html = drawn(renderer, notes=notes)
    assert "/help *me*" in html
    assert "Read <strong>this</strong>." in html
    assert 'name="id" value="n1"' in html
    assert "<span>I agree</span>" in html


def test_a_file_that_has_gone_is_no_link(renderer: PageRenderer) -> None:
    links = (FileLink("a.json", 1234, "there"), FileLink("b.json", 5, "gone"))
    html = drawn(renderer, notes=(RoomNote("n1", "notice", Reply("Files"), AT, links),))
    assert f"/c/{'c' * 32}/files/there" in html
    assert "1 kB" in html
    assert "files/gone" not in html
    assert "already downloaded" in html


def test_the_list_marks_the_current_conversation(renderer: PageRenderer) -> None:
    there = place_of("d" * 32)
    summaries = (Summary("1", PLACE, "Here", AT), Summary("2", there, "There", AT), Summary("3", there, "", AT))
    shown = view(renderer, summaries=summaries)
    assert re.findall(r'aria-current="page">(\w+)<', shown.conversations) == ["Here"]
    assert shown.title == "Here"
    assert ">New conversation</a>" in shown.conversations
    assert view(renderer).title == "New conversation"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_from_anywhere_can_run_or_load(renderer: PageRenderer, text: str) -> None:
    button = Button(text[:64], text, text, chosen=True)
    question = replace(QUESTION, id=text, text=text, author=text, platform_id=text, branches=(text, "b"))
    answer = replace(ANSWER, text=text, model=text, status=text, buttons=(button,), platform_id=text)
    notes = (
        RoomNote(text, "notice", Reply(text, status=text, buttons=(button,)), AT, (FileLink(text, 1, "there"),)),
        RoomNote("c", "command", Reply(text), AT),
        RoomNote("m", "message", Reply(text), AT),
    )
    shown = view(renderer, question, answer, notes=notes, summaries=(Summary(text, PLACE, text, AT),))
    page = renderer.page(
        PageContext("c" * 32, "en"),
        shown,
        mode=ComposerMode("reply", text, text, text),
        page_id="p",
        commands=[],
        forms=[],
    )
    assert faults(page) == []
    assert page.count("<script") == 5
    form = Form(text[:64], text, (Field(text, text, value=text),), text, text)
    assert faults(renderer.part("dialog.html", PageContext("c" * 32, "en"), forms=[OpenForm(form, text)])) == []
    tree(shown.conversations)


def test_the_same_thing_is_drawn_once(renderer: PageRenderer) -> None:
    first, second = view(renderer, QUESTION, ANSWER), view(renderer, QUESTION, ANSWER)
    assert all(one is other for one, other in zip(first.items, second.items, strict=True))
    huge = replace(QUESTION, text="x" * LONGEST_KEPT)
    assert view(renderer, huge).items[0] is not view(renderer, huge).items[0]


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (15_400, "15 kB"), (2_500_000, "2.5 MB")]
)
def test_sizes_are_readable(size: int, text: str) -> None:
    assert file_size(size) == text


def test_an_emoji_is_known_with_and_without_colour() -> None:
    assert bare_emoji("▶\ufe0f") == "▶" == bare_emoji("▶")
