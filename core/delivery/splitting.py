"""Splits what is too long for one message into parts that fit as they are rendered, each well-formed by itself."""

import re
from dataclasses import dataclass, field, replace

from core.markdown.closing import closed
from core.markdown.cutting import Cut, between_letters, first_piece
from core.markdown.knots import knotted, squeezed
from core.markdown.references import resolved
from core.messages import Reply, User
from core.ports.chat import ChatCapabilities, Fill

WORDS = re.compile(r"[^\W\d_](?:[^\W_]|[ ,;'’]|[.!?…](?=[ ])|: )*[^\W_][.!?…]?\s?", re.ASCII)
"""One line of words and the simplest signs, in which nothing can be a mark, a link, or the beginning of either."""

FEW = 4
"""The most characters that any platform needs to show one: plain text fits if its length times this does."""

STATUS_ROOM = 160
"""Characters that every part keeps free for the line beneath it, so that a part stays as it is when that changes."""

WINDOW, LONGEST_LINE = 4, 16
"""How much of a text is read to cut one part off it, in parts; more if a line ends there."""


@dataclass(slots=True)
class PartCuts:
    """The cuts that were made in a text that grows. A cut does not change, so it is made once."""

    _known: list[tuple[str, Cut]] = field(default_factory=list)

    def find(self, number: int, text: str) -> Cut | None:
        """The cut that was made in a text that began in the same way, as far as the cut depends on it."""
        if number >= len(self._known):
            return None
        seen, cut = self._known[number]
        if text.startswith(seen):
            return cut
        del self._known[number:]
        return None

    def keep(self, number: int, text: str, cut: Cut) -> None:
        """Remember a cut, unless more text could still change it."""
        if number == len(self._known) and cut.seen < len(text):
            self._known.append((text[: cut.seen], cut))


def parts(reply: Reply, able: ChatCapabilities, cuts: PartCuts | None = None) -> list[Reply]:
    """Split a reply into the messages that show it: the first one answers, the last one has buttons and the rest.

    While a text grows, all parts but the last stay as they are; `cuts` remembers them. Whatever is open at the end of
    the text is closed, so that no reader sees half a mark, and links get the addresses that stand elsewhere in it; what
    is stored stays as the model wrote it. A text that is hardly more than marks is shown as it is written, where
    messages have a limit.
    """
    if not reply.literal and len(reply.text) * FEW < able.text_limit and WORDS.fullmatch(reply.text):
        # An exclamation mark at the end may yet begin an image.
        firm = len(reply.text) - reply.text.endswith("!")
        return [replace(reply, firm=firm) if reply.answer and reply.underway else reply]
    if able.fill:
        reply = _legible(reply)
    if reply.answer and not able.as_written:
        # Before it is split: the addresses may stand in another part than the words.
        reply = replace(reply, text=resolved(reply.text, growing=reply.underway))
    shown = _shown(reply, able, cuts or PartCuts())
    last = len(shown) - 1
    if not last:
        return [replace(reply, text=shown[0].text, literal=shown[0].literal, firm=shown[0].firm)]
    bare = replace(reply, status="", underway=False, buttons=(), selects=(), files=())
    return [
        replace(
            reply if number == last else bare,
            text=part.text,
            literal=part.literal,
            firm=part.firm,
            reply_to=reply.reply_to if number == 0 else None,
            # One mention is enough.
            notifies=reply.notifies if number == 0 else None,
            # With the same `replaces`, the others would take the first one's place.
            replaces=reply.replaces if number == 0 else None,
        )
        for number, part in enumerate(shown)
    ]


def _legible(reply: Reply) -> Reply:
    text = squeezed(reply.text)
    if not knotted(text):
        return replace(reply, text=text)
    return replace(reply, text="", literal="\n\n".join(filter(None, (text, reply.literal))))


def _shown(reply: Reply, able: ChatCapabilities, cuts: PartCuts) -> list[Reply]:
    """The text and the literal of each message that shows a reply."""
    fill = able.fill or as_written(able.text_limit)
    if not able.text_limit:
        return [_ended(reply, reply.text, reply.literal)]
    status = reply.status if len(reply.status) > STATUS_ROOM else "." * STATUS_ROOM
    room = _Room(fill, status, able.text_limit, reply.notifies)
    if reply.literal and room.fits(reply.text, reply.literal):
        return [_ended(reply, reply.text, reply.literal)]
    texts = room.split(reply, cuts) if reply.text or not reply.literal else []
    return [*texts, *(Reply("", literal=piece) for piece in room.pieces(reply.literal))]


def _ended(reply: Reply, text: str, literal: str = "") -> Reply:
    if not reply.answer:
        # Our own texts are whole.
        return Reply(text, literal=literal)
    if knotted(text):
        # It is shown as it is written, and reading it as anything else would take its time.
        return Reply(text, literal=literal)
    end = closed(text, "grows" if reply.underway else "ended")
    return Reply(end.text, literal=literal, firm=end.firm if reply.underway else None)


@dataclass(frozen=True, slots=True)
class _Room:
    """The room in the messages of a platform, each with a status, and with the person whom the first one names."""

    fill: Fill
    status: str
    usual: int
    named: User | None = None

    def share(self, text: str, literal: str = "") -> float:
        """The share of a message that a text takes."""
        return self.fill(Reply(text, status=self.status, literal=literal, notifies=self.named))

    def fits(self, text: str, literal: str = "") -> bool:
        return self.share(text, literal) <= 1

    def split(self, reply: Reply, cuts: PartCuts) -> list[Reply]:
        """The messages that show the text of a reply."""
        found: list[Reply] = []
        rest = reply.text
        while (cut := cuts.find(len(found), rest)) or (cut := self._cut(reply, rest, found, cuts)):
            found.append(Reply(cut.piece))
            rest = cut.rest(rest)
        last = (rest[-1:].isspace() and self._whole(reply, rest)) or _ended(reply, rest)
        return found if found and not last.text.strip() and not reply.underway else [*found, last]

    def _whole(self, reply: Reply, text: str) -> Reply | None:
        """The message that shows a whole text, without the white space at its end if only that has no room."""
        # Cutting such a text for its last line break would part lines that are together again once it goes on.
        ended = (_ended(reply, one) for one in dict.fromkeys((text, text.rstrip())))
        return next((one for one in ended if self.fits(one.text)), None)

    def _cut(self, reply: Reply, text: str, found: list[Reply], cuts: PartCuts) -> Cut | None:
        """Cut a part off a text; None if it fits as a whole."""
        # A row of a table can only be made lines of text as a whole.
        line = text.find("\n", WINDOW * self.usual, LONGEST_LINE * self.usual)
        window = text[: line if line > 0 else WINDOW * self.usual]
        if len(window) == len(text) and self._whole(reply, text):
            return None
        cut = first_piece(window, self.share, self.usual)
        cuts.keep(len(found), text, cut)
        return cut

    def pieces(self, literal: str) -> list[str]:
        """Split a text that is not Markdown; joined, the pieces are the whole text."""
        found: list[str] = []
        while literal:
            size = min(len(literal), self.usual)
            while size > 1 and not self.fits("", literal[:size]):
                size = size * 7 // 8
            if size < len(literal):
                line = literal.rfind("\n", size // 2, size) + 1
                size = max(line or between_letters(literal, size), 1)
            found.append(literal[:size])
            literal = literal[size:]
        return found


def as_written(limit: int) -> Fill:
    """Measure replies by their characters, for a platform that shows them as they are written."""
    return lambda reply: len(reply.text + reply.literal) / limit


def split(text: str, limit: int) -> list[str]:
    """Split a Markdown text into pieces of at most `limit` characters as it is written; 0 means no limit."""
    if len(text) <= limit or not limit:
        return [text]
    return [part.text for part in parts(Reply(text), ChatCapabilities(text_limit=limit))]


def part_key(key: str, number: int) -> str:
    """The outbox key of a part, 0 for the first."""
    return f"{key}/{number}" if number else key
