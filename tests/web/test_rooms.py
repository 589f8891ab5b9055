from datetime import UTC, datetime

from bots.web.markdown import Growing, parser
from bots.web.rooms import KEPT, MOST_LIVE, MOST_NOTES, MOST_ROOMS, MOST_WATCHERS_PER_ROOM, Asked, Live, Note, Rooms
from bots.web.scene import place_of
from core.messages import Form, Reply

AT = datetime(2026, 1, 1, tzinfo=UTC)
FORM = Asked(Form("why:1", "Why?", (), "Send"), "k#notice")


def note(id: str, text: str = "") -> Note:
    return Note(id, "notice", Reply(text), AT)


def live(answer: str, *, underway: bool = True) -> Live:
    return Live(f"key-{answer}", Reply("text", answer=answer, underway=underway), Growing(parser(), "Copy"))


def test_a_watcher_hears_of_what_changes() -> None:
    rooms = Rooms()
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
    room = Rooms().at("a")
    room.note(note("1", "old"))
    room.note(note("2"))
    room.note(note("1", "new"))
    assert [shown.reply.text for shown in room.notes.values()] == ["new", ""]


def test_what_is_sent_twice_is_shown_once() -> None:
    room = Rooms().at("a")
    room.accept(note("1"))
    del room.notes["1"]
    room.accept(note("1"))
    assert not room.notes


def test_a_room_keeps_a_bounded_number_of_things() -> None:
    room = Rooms().at("a")
    for number in range(200):
        room.note(note(str(number)))
        room.show(live(str(number)))
        room.push(FORM)
    assert (len(room.notes), len(room.live), len(room.waiting)) == (MOST_NOTES, MOST_LIVE, 3)


def test_a_push_goes_to_the_page_that_spoke_last() -> None:
    rooms = Rooms()
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
    room = Rooms().at("a")
    room.push(FORM)
    assert list(room.waiting) == [FORM]


def test_answers_and_notes_can_be_taken_away() -> None:
    room = Rooms().at("a")
    room.note(note("1"))
    room.show(live("2"))
    room.remove("1")
    room.remove("key-2")
    room.remove("never there")
    assert not room.notes
    assert not room.live


def test_rooms_are_forgotten_when_nobody_has_come_for_long() -> None:
    now = 0.0
    rooms = Rooms(lambda: now)
    watched = rooms.join("watched", "page")
    rooms.at("left").note(note("1"))
    now = KEPT + 1
    rooms.at("new")
    assert len(rooms) == 2
    assert not rooms.at("left").notes
    assert watched in rooms.at("watched").watchers


def test_there_are_never_too_many_rooms_or_pages() -> None:
    rooms = Rooms()
    for number in range(MOST_ROOMS + 10):
        rooms.at(str(number))
    assert len(rooms) == MOST_ROOMS
    first = rooms.join("a", "0")
    assert first
    others = [rooms.join("a", str(number)) for number in range(MOST_WATCHERS_PER_ROOM)]
    assert first.closed
    assert len(rooms.at("a").watchers) == MOST_WATCHERS_PER_ROOM == len(others)
    joined = [rooms.join(f"other {number}", "p") for number in range(600)]
    assert joined[-1] is None


def test_closing_lets_all_pages_go() -> None:
    rooms = Rooms()
    watchers = [rooms.join(channel, "p") for channel in "abc"]
    rooms.close()
    assert all(watcher and watcher.closed and watcher.changed.is_set() for watcher in watchers)
