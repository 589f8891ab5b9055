from datetime import UTC, datetime

import pytest

from bots.web.markdown import GrowingMarkdown, parser
from bots.web.page_state import place_of
from bots.web.rooms import KEPT, MOST_LIVE, MOST_NOTES, ChatRooms, LiveAnswer, OpenForm, RoomLimits, RoomNote
from core.errors import BusyError
from core.messages import Form, Reply

AT = datetime(2026, 1, 1, tzinfo=UTC)
FORM = OpenForm(Form("why:1", "Why?", (), "Send"), "k#notice")


def note(id: str, text: str = "") -> RoomNote:
    return RoomNote(id, "notice", Reply(text), AT)


def live(answer: str, *, underway: bool = True) -> LiveAnswer:
    return LiveAnswer(
        f"key-{answer}", Reply("text", answer=answer, underway=underway), GrowingMarkdown(parser(), "Copy")
    )


def test_a_watcher_hears_of_what_changes() -> None:
    rooms = ChatRooms()
    watcher = rooms.join("a", "page")
    assert watcher
    watcher.changed.clear()
    watcher.fresh = False
    rooms.at("a").show(live("1"))
    assert (watcher.changed.is_set(), watcher.fresh) == (True, True)
    watcher.fresh = False
    rooms.at("a").show(live("1"))
    assert not watcher.fresh, "an answer that grows does not ask for the transcript"
    rooms.at("a").show(live("1", underway=False))
    assert watcher.fresh


def test_a_note_takes_the_place_of_its_predecessor() -> None:
    room = ChatRooms().at("a")
    room.note(note("1", "old"))
    room.note(note("2"))
    room.note(note("1", "new"))
    assert [shown.reply.text for shown in room.notes.values()] == ["new", ""]


def test_what_is_sent_twice_is_shown_once() -> None:
    room = ChatRooms().at("a")
    room.accept(note("1"))
    del room.notes["1"]
    room.accept(note("1"))
    assert not room.notes


def test_a_room_keeps_a_bounded_number_of_things() -> None:
    room = ChatRooms().at("a")
    for number in range(200):
        room.note(note(str(number)))
        room.show(live(str(number)))
        room.push(FORM)
    assert (len(room.notes), len(room.live), len(room.waiting)) == (MOST_NOTES, MOST_LIVE, 3)


def test_a_push_goes_to_the_page_that_spoke_last() -> None:
    rooms = ChatRooms()
    one, two = rooms.join("a", "one"), rooms.join("a", "two")
    assert one
    assert two
    rooms.at("a").page = "two"
    rooms.at("a").push(FORM)
    assert (list(one.pushes), list(two.pushes)) == ([], [FORM])
    rooms.at("a").page = "gone"
    rooms.at("a").push(place_of("b"))
    assert list(one.pushes) == [place_of("b")]


def test_a_push_waits_for_a_page_where_there_is_none() -> None:
    room = ChatRooms().at("a")
    room.push(FORM)
    assert list(room.waiting) == [FORM]


def test_answers_and_notes_can_be_taken_away() -> None:
    room = ChatRooms().at("a")
    room.note(note("1"))
    room.show(live("2"))
    room.remove("1")
    room.remove("key-2")
    room.remove("never there")
    assert not room.notes
    assert not room.live


def test_rooms_are_forgotten_when_nobody_has_come_for_long() -> None:
    now = 0.0
    rooms = ChatRooms(lambda: now)
    watched = rooms.join("watched", "page")
    rooms.at("left").note(note("1"))
    now = KEPT + 1
    rooms.at("new")
    assert len(rooms) == 2
    assert not rooms.at("left").notes
    assert watched in rooms.at("watched").watchers


def test_there_are_never_too_many_rooms() -> None:
    rooms = ChatRooms(limits=RoomLimits(rooms=5))
    for number in range(20):
        rooms.at(str(number)).note(note("1"))
    assert len(rooms) == 5
    assert rooms.at("15").notes


def test_whoever_opens_page_after_page_drives_nobody_out() -> None:
    rooms = ChatRooms(limits=RoomLimits(rooms=5))
    for channel in "abc":
        rooms.claim(channel, "Ana").note(note("1"))
    for number in range(100):
        rooms.claim(f"empty {number}", f"visitor {number}")
    assert len(rooms) == 5
    assert all(rooms.at(channel).notes for channel in "abc")


def test_one_person_has_so_many_rooms_and_loses_the_oldest() -> None:
    rooms = ChatRooms(limits=RoomLimits(rooms_each=3))
    rooms.claim("other", "Ben").note(note("1"))
    for number in range(10):
        rooms.claim(str(number), "Ana").note(note("1"))
    assert len(rooms) == 4
    assert [bool(rooms.at(channel).notes) for channel in ("other", "9", "0")] == [True, True, False]


def test_a_room_that_somebody_follows_is_not_forgotten() -> None:
    rooms = ChatRooms(limits=RoomLimits(rooms=2, rooms_each=1))
    rooms.claim("a", "Ana")
    watcher = rooms.join("a", "page", "Ana")
    rooms.claim("b", "Ana")
    for number in range(10):
        rooms.at(str(number))
    assert watcher in rooms.at("a").watchers


def test_a_room_has_one_owner() -> None:
    rooms = ChatRooms()
    assert rooms.claim("a", "Ana").owner == rooms.claim("a", "Ben").owner == "Ana"


def test_a_person_with_too_many_pages_keeps_the_newest() -> None:
    rooms = ChatRooms(limits=RoomLimits(watchers_each=2))
    one, two, three = (rooms.join(channel, "p", "Ana") for channel in "abc")
    other = rooms.join("d", "p", "Ben")
    assert one
    assert (one.closed, one.rest) == (True, True)
    assert not rooms.at("a").watchers
    assert not any(watcher is None or watcher.closed for watcher in (two, three, other))


def test_one_address_has_so_many_pages_whoever_it_says_it_is() -> None:
    rooms = ChatRooms(limits=RoomLimits(watchers_address=2))
    for number in range(2):
        rooms.join("a", "p", f"visitor {number}", "192.0.2.1")
    with pytest.raises(BusyError):
        rooms.join("a", "p", "another", "192.0.2.1")
    assert rooms.join("a", "p", "another", "192.0.2.2")
    assert rooms.join("a", "p", "somebody", "")


def test_where_all_places_are_taken_a_page_on_which_nothing_happened_makes_way() -> None:
    rooms = ChatRooms(limits=RoomLimits(watchers=2))
    rooms.at("used").note(note("1"))
    used, idle = rooms.join("used", "p", "Ana"), rooms.join("idle", "p", "Ben")
    newer = rooms.join("used too", "p", "Cai")
    assert used
    assert idle
    assert (used.closed, idle.closed, idle.rest) == (False, True, True)
    rooms.at("used too").note(note("1"))
    assert newer
    assert rooms.join("last", "p", "Dan") is None
    rooms.leave(used)
    rooms.leave(idle)
    assert rooms.join("last", "p", "Dan")


def test_closing_lets_all_pages_go() -> None:
    rooms = ChatRooms()
    watchers = [rooms.join(channel, "p") for channel in "abc"]
    rooms.close()
    assert all(watcher and watcher.closed and watcher.changed.is_set() for watcher in watchers)
