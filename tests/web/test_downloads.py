from bots.web.downloads import KEPT, MOST_BYTES, MOST_FILES, MOST_FILES_EACH, DownloadStore
from core.messages import File


def file(name: str = "a.json", size: int = 3) -> File:
    return File(name, "application/json", b"x" * size)


def test_a_file_is_handed_out_once_and_in_its_place_only() -> None:
    downloads = DownloadStore()
    (link,) = downloads.put("here", [file()])
    assert (link.name, link.size) == ("a.json", 3)
    assert downloads.has(link.token)
    assert downloads.take("there", link.token) is None
    assert downloads.take("here", link.token) == file()
    assert downloads.take("here", link.token) is None
    assert not downloads.has(link.token)


def test_a_file_waits_for_a_while_only() -> None:
    now = 0.0
    downloads = DownloadStore(lambda: now)
    (link,) = downloads.put("here", [file()])
    now = KEPT + 1
    assert not downloads.has(link.token)
    assert downloads.take("here", link.token) is None


def test_older_files_make_way() -> None:
    downloads = DownloadStore()
    (old,) = downloads.put("here", [file(size=MOST_BYTES // 2 + 1)])
    (new,) = downloads.put("here", [file(size=MOST_BYTES // 2)])
    assert not downloads.has(old.token)
    assert downloads.has(new.token)
    links = downloads.put("here", [file(str(number)) for number in range(MOST_FILES + 5)])
    assert sum(downloads.has(link.token) for link in links) == MOST_FILES


def test_a_file_that_is_too_large_for_the_shelf_is_not_kept() -> None:
    downloads = DownloadStore()
    (link,) = downloads.put("here", [file(size=MOST_BYTES + 1)])
    assert not downloads.has(link.token)


def test_one_person_drives_out_their_own_files_alone() -> None:
    downloads = DownloadStore()
    (other,) = downloads.put("there", [file()], "Ben")
    links = [downloads.put(f"here {number}", [file()], "Ana")[0] for number in range(MOST_FILES_EACH + 5)]
    assert [downloads.has(link.token) for link in links] == [False] * 5 + [True] * MOST_FILES_EACH
    assert downloads.has(other.token)
