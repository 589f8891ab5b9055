"""Server-sent events from well-behaved and other servers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.remote.sse import LONGEST_LINE, EventParser, LineTooLong


def fed(*chunks: bytes) -> list[bytes]:
    events = EventParser()
    return [*(payload for chunk in chunks for payload in events.feed(chunk)), *events.end()]


@pytest.mark.parametrize(
    ("stream", "payloads"),
    [
        (b"data: one\n\ndata: two\n\n", [b"one", b"two"]),
        (b"data:one\r\n\r\ndata:two\r\n\r\n", [b"one", b"two"]),
        (b"data: one\rdata: two\r", [b"one", b"two"]),
        (b": a comment\n\nevent: x\nid: 1\nretry: 5\ndata: one\n\n", [b"one"]),
        (b"data: not ended", [b"not ended"]),
        (b"data:\n\ndata\n\n", []),
        (b"<html>\x00\xff\n\ndata: one\n\n", [b"one"]),
        (b'error: {"code": 500}\n\n', [b'{"code": 500}']),
        (b"", []),
    ],
)
def test_reads_the_payloads_and_leaves_out_the_rest(stream: bytes, payloads: list[bytes]) -> None:
    assert fed(stream) == payloads


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1).map(str.strip).filter(bool)),
    st.data(),
)
def test_any_cut_into_chunks_gives_the_same_payloads(texts: list[str], data: st.DataObject) -> None:
    stream = b"".join(f"data: {text}\r\n\r\n".encode() for text in texts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    chunks = [stream[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert fed(*chunks) == fed(stream)


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    chunk = b"x" * 2**16
    with pytest.raises(LineTooLong):
        fed(*[chunk] * (LONGEST_LINE // len(chunk) + 1))


def test_remembers_the_first_garbage_for_the_log() -> None:
    events = EventParser()
    events.feed(b"<html>oops</html>\nmore\ndata: one\n")
    assert events.garbage == b"<html>oops</html>"
