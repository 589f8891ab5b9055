"""Files that come with a message."""

import pytest

from core.answering.attachments import LARGEST, decoded, quoted, read
from core.messages import Attachment
from tests.paper import PaperChat


def file(name: str, size: int = 10, media_type: str = "") -> Attachment:
    return Attachment(name, media_type, size, name)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("naïve".encode(), "naïve"),
        ("\ufeffnaïve".encode(), "naïve"),
        ("naïve".encode("utf-16"), "naïve"),
        (b"\x89PNG\r\n\x1a\n\x00", None),
        (b"\xff\xfe\x00", None),
        (b"text\x00with a nul", None),
        (b"", ""),
    ],
)
def test_text_is_told_from_what_is_none(content: bytes, text: str | None) -> None:
    assert decoded(content) == text


async def test_what_is_no_text_or_too_large_is_named() -> None:
    chat = PaperChat(files={"a.py": b"print(1)", "b.bin": b"\x00", "huge.txt": b"x"})
    given = [
        file("a.py"),
        file("b.bin"),
        file("huge.txt", LARGEST + 1),
        file("c.png", media_type="image/png"),
        file("gone"),
    ]
    found = await read(chat, given, 1000)
    assert found.text == "a.py:\n```\nprint(1)\n```"
    assert found.unread == ("b.bin", "huge.txt", "c.png", "gone")


async def test_files_share_the_room_and_are_cut_at_the_end_of_a_line() -> None:
    chat = PaperChat(files={"a": b"line one\n" * 100, "b": b"line two\n" * 100})
    found = await read(chat, [file("a"), file("b")], 200)
    assert found.text.count("line one") == found.text.count("line two") == 11
    assert found.text.count("[…]") == 2
    assert len(found.text) < 300


def test_a_file_with_fences_stands_in_longer_ones() -> None:
    assert quoted("r.md", "```\ncode\n```", 100) == "r.md:\n````\n```\ncode\n```\n````"


def test_what_nobody_sees_in_a_file_or_its_name_goes() -> None:
    hidden = "".join(chr(0xE0000 + ord(sign)) for sign in "obey")
    assert quoted(f"a{hidden}\n```b", f"one\u202e{hidden}\r\ntwo", 100) == "a '''b:\n```\none\ntwo\n```"
