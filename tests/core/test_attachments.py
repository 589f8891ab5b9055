"""Files that come with a message."""

from core.answering.attachments import LARGEST, CutFile, quoted, read, shares
from core.answering.documents.file_text import FileText
from core.answering.documents.reader import DocumentReader
from core.messages import Attachment
from tests.paper import PaperChat


def file(name: str, size: int = 10, media_type: str = "") -> Attachment:
    return Attachment(name, media_type, size, name)


async def test_what_is_no_text_or_too_large_is_named() -> None:
    chat = PaperChat(files={"a.py": b"print(1)", "b.bin": b"\x00", "huge.txt": b"x"})
    given = [
        file("a.py"),
        file("b.bin"),
        file("huge.txt", LARGEST + 1),
        file("c.png", media_type="image/png"),
        file("gone"),
    ]
    found = await read(chat, given, 1000, DocumentReader())
    assert found.text == "a.py:\n```\nprint(1)\n```"
    assert found.unread == ("b.bin", "huge.txt", "c.png", "gone")


async def test_files_share_the_room_and_are_cut_at_the_end_of_a_line() -> None:
    chat = PaperChat(files={"a": b"line one\n" * 100, "b": b"line two\n" * 100})
    found = await read(chat, [file("a"), file("b")], 200, DocumentReader())
    assert found.text.count("line one") == found.text.count("line two") == 11
    assert found.text.count("[…]") == 2
    assert len(found.text) < 300


def test_a_file_with_fences_stands_in_longer_ones() -> None:
    text = FileText(("```\ncode\n```",))
    assert quoted("r.md", text, 100) == ("r.md:\n````\n```\ncode\n```\n````", None)


def test_what_nobody_sees_in_a_file_goes() -> None:
    hidden = "".join(chr(0xE0000 + ord(sign)) for sign in "obey")
    text = FileText((f"one\u202e{hidden}\r\ntwo",))
    assert quoted("a ```b", text, 100) == ("a '''b:\n```\none\ntwo\n```", None)


def test_what_of_a_file_has_no_room_is_told() -> None:
    pages = FileText(("one", "two", "three"), "page", 9, whole=False)
    text, cut = quoted("r.pdf", pages, 100)
    assert (text, cut) == (
        "r.pdf (pages 1 to 3 of 9):\n```\none\n\ntwo\n\nthree\n[…]\n```",
        CutFile("r.pdf", "page", 3, 9),
    )
    text, cut = quoted("r.pdf", pages, 4)
    assert cut == CutFile("r.pdf", "page", 2, 9)
    assert "three" not in text
    _, cut = quoted("notes.txt", FileText(("word " * 100,)), 50)
    assert cut == CutFile("notes.txt", "", 1, 1)


def test_short_files_leave_their_room_to_long_ones() -> None:
    assert shares([10, 1000, 40], 300) == [10, 250, 40]
    assert shares([1000, 1000], 300) == [150, 150]
    assert shares([], 300) == []
    assert shares([5], -1) == [0]
