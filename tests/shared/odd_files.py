"""A file that came with a message, and the ways in which its download goes wrong, or looks odd but does not."""

from collections.abc import Mapping

from tests.faults.odd import HTML, reply
from tests.shared.failing import Failure

NAME, CONTENT, KIND = "snake.py", b"print('hiss')", "text/x-python"
FETCHED = reply(200, CONTENT, "text/plain")
CHUNKS = b"".join(b"1\r\n%c\r\n" % byte for byte in CONTENT) + b"0\r\n\r\n"

UNREAD: Mapping[str, Failure] = {
    "an empty file": Failure(reply(200, b"", "text/plain")),
    "too little": Failure(reply(200, CONTENT[:-5], "text/plain")),
    "cut": Failure(FETCHED[:-5]),
    "too much": Failure(reply(200, CONTENT + b" # and more", "text/plain")),
    "far too much": Failure(reply(200, CONTENT * 100_000, "text/plain")),
    "a page": Failure(reply(200, HTML, "text/html")),
    "a page to sign in at": Failure(reply(302, CONTENT, "text/plain", more="Location: /elsewhere\r\n")),
    "a refusal": Failure(reply(403, CONTENT, "text/plain")),
    "an error of the server": Failure(reply(500, CONTENT, "text/plain")),
    "no answer": Failure(hangs=True),
    "too slow": Failure(FETCHED, pause=5.0),
    "chunks that do not end": Failure(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS[:-5]),
}
"""The file has to be named as unread."""

READ: Mapping[str, Failure] = {
    # aiohttp asks once more if a connection ends before the answer begins.
    "nothing the first time": Failure(),
    "in pieces": Failure(FETCHED, pause=0.01),
    "slow": Failure(FETCHED, pause=1.0),
    "without a length": Failure(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + CONTENT),
    "in chunks": Failure(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS),
}
"""The file has to be read whole."""
