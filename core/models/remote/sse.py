"""Parses server-sent events as OpenAI-compatible servers write them: one `data:` line for each event.

The format is WHATWG HTML's, section 9.2. A payload over several lines is not supported: no server sends one.
"""

LONGEST_LINE = 2**20
"""The longest line, in bytes. An event carries a few words, so a longer line cannot come from a model."""


class LineTooLong(Exception):
    """The server sends a line that does not end."""


class EventParser:
    """Takes bytes as they arrive and gives the payloads of complete events."""

    def __init__(self) -> None:
        self._rest = b""
        self.garbage = b""
        """The first line that was not part of an event, for the operator's log."""

    def feed(self, chunk: bytes) -> list[bytes]:
        """The payloads that are now complete, oldest first; comments, other fields and garbage are left out.

        Raises LineTooLong.
        """
        # Bytes are split at CR, LF and CRLF only, so a character that arrives in two chunks stays whole.
        lines = (self._rest + chunk).splitlines(keepends=True)
        self._rest = lines.pop() if lines and not lines[-1].endswith((b"\n", b"\r")) else b""
        if len(self._rest) > LONGEST_LINE:
            raise LineTooLong
        return [payload for line in lines if (payload := self._payload(line.strip()))]

    def end(self) -> list[bytes]:
        """The payload of the last line, if it lacks a line end."""
        payload = self._payload(self._rest.strip())
        self._rest = b""
        return [payload] if payload else []

    def _payload(self, line: bytes) -> bytes:
        field, colon, value = line.partition(b":")
        # Older versions of llama.cpp reported errors in a field of their own.
        if colon and field in (b"data", b"error"):
            return value.lstrip()
        if line and not (colon and field in (b"", b"event", b"id", b"retry")):
            self.garbage = self.garbage or line[:200]
        return b""
