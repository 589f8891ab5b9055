from bots.web.shelf import KEPT, MOST_BYTES, MOST_FILES, MOST_FILES_EACH, FileShelf
from core.messages import File


def file(name: str = "a.json", size: int = 3) -> File:
    return File(name, "application/json", b"x" * size)


def test_a_file_is_handed_out_once_and_in_its_place_only() -> None:
    shelf = FileShelf()
    (link,) = shelf.put("here", [file()])
    assert (link.name, link.size) == ("a.json", 3)
    assert shelf.has(link.token)
    assert shelf.take("there", link.token) is None
    assert shelf.take("here", link.token) == file()
    assert shelf.take("here", link.token) is None
    assert not shelf.has(link.token)


def test_a_file_waits_for_a_while_only() -> None:
    now = 0.0
    shelf = FileShelf(lambda: now)
    (link,) = shelf.put("here", [file()])
    now = KEPT + 1
    assert not shelf.has(link.token)
    assert shelf.take("here", link.token) is None


def test_older_files_make_way() -> None:
    shelf = FileShelf()
    (old,) = shelf.put("here", [file(size=MOST_BYTES // 2 + 1)])
    (new,) = shelf.put("here", [file(size=MOST_BYTES // 2)])
    assert not shelf.has(old.token)
    assert shelf.has(new.token)
    links = shelf.put("here", [file(str(number)) for number in range(MOST_FILES + 5)])
    assert sum(shelf.has(link.token) for link in links) == MOST_FILES


def test_a_file_that_is_too_large_for_the_shelf_is_not_kept() -> None:
    shelf = FileShelf()
    (link,) = shelf.put("here", [file(size=MOST_BYTES + 1)])
    assert not shelf.has(link.token)


def test_one_person_drives_out_their_own_files_alone() -> None:
    shelf = FileShelf()
    (other,) = shelf.put("there", [file()], "Ben")
    links = [shelf.put(f"here {number}", [file()], "Ana")[0] for number in range(MOST_FILES_EACH + 5)]
    assert [shelf.has(link.token) for link in links] == [False] * 5 + [True] * MOST_FILES_EACH
    assert shelf.has(other.token)
