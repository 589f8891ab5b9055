"""Full-text search over an inverted index of plain rows, the same on every database.

Ranks results by BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) with its usual k1 and b.

The index of a long text is too much for one unit of the store, behind which all other writes wait. So its passages are
added by several units, out of sight, and the last one shows them in place of the text before. A passage out of sight
has the number -1 - n in place of n. Those that a put leaves behind when it is interrupted are deleted by the next one.
Another process may be deleting those of a put that is not interrupted at all, so they are marked before their words go.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, update
from sqlmodel import Session, col, select

from core.store.engine.prepared import prepared
from core.store.plugin_tables import PluginPassageRow, PluginWordRow
from core.store.tables import new_id, now

SATURATION, LENGTH = 1.2, 0.75
PASSAGE = 900
"""The approximate length of a passage in characters; paragraphs are kept together as far as they fit."""

LONGEST_WORD, MOST_WORDS = 40, 32
WORD_ROOM = 16
"""The characters that each word of a passage counts as, for its place in the index.

There, it takes about 235 bytes. To count them all would leave no room for ordinary texts in scripts without spaces,
where almost every character makes a word.
"""

WORDS_AT_ONCE, WORDS_LISTED = 5000, 50_000
"""The most words that one unit adds or deletes, which takes it about 50 ms, and that are listed to be deleted."""

ABANDONED = timedelta(minutes=10)
"""The age at which a passage out of sight belongs to no put any more, since no call of a plugin is that long."""

TOKEN = re.compile(r"[^\W_]+")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")

DROPPED = -(2**31)
"""The number of a passage that is being deleted."""

_SHOWN = col(PluginPassageRow.part) >= 0
_TURNED = -1 - col(PluginPassageRow.part)


def _counted(text: Any, title: Any, url: Any, words: Any, size: Callable[[Any], Any] = len) -> Any:
    """The characters that a passage counts as in the room of its plugin; its values may be columns, with their size."""
    return size(text) + size(title) + size(url) + WORD_ROOM * words


_ROW = PluginPassageRow
_ROOM = func.coalesce(func.sum(_counted(_ROW.text, _ROW.title, _ROW.url, col(_ROW.length), func.length)), 0)
_ADD_PASSAGES = prepared(insert(PluginPassageRow), tuple(PluginPassageRow.model_fields))
_ADD_WORDS = prepared(insert(PluginWordRow), tuple(PluginWordRow.model_fields))
_DROP_WORDS = prepared(
    delete(PluginWordRow).where(
        *(getattr(PluginWordRow, name) == bindparam(name) for name in ("community_id", "plugin", "word", "passage_id"))
    )
)


def words(text: str) -> list[str]:
    """Split a text into words without case and accents.

    For scripts without spaces, every two neighbouring characters make a word.
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    found: list[str] = []
    for token in TOKEN.findall(unicodedata.normalize("NFC", plain)):
        if UNSPACED.search(token) and len(token) > 1:
            found.extend(token[place : place + 2] for place in range(len(token) - 1))
        else:
            found.append(token[:LONGEST_WORD])
    return found


def pieces(text: str) -> list[str]:
    """Split a text into passages: whole paragraphs if they fit, otherwise sentences."""
    found = [""]
    for part in re.split(r"\n\s*\n|(?<=[.!?。])\s+(?=\S)", text):
        for place in range(0, len(part), PASSAGE):
            piece = part[place : place + PASSAGE].strip()
            if found[-1] and len(found[-1]) + len(piece) > PASSAGE:
                found.append("")
            found[-1] = f"{found[-1]} {piece}".strip()
    return [piece for piece in found if piece]


class IndexedWord(NamedTuple):
    """An entry of the index: a word, the id of a passage, and how often the word occurs in it."""

    word: str
    passage_id: str
    times: int = 0


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage that is to be stored; `length` is its number of words, with those of its title."""

    id: str
    part: int
    text: str
    length: int


@dataclass(frozen=True, slots=True)
class IndexedText:
    """A text that is to be stored, cut into passages. Its words are in alphabetical order."""

    key: str
    title: str
    url: str
    passages: Sequence[IndexedPassage]
    words: Sequence[IndexedWord]

    @property
    def room(self) -> int:
        """The characters that it counts as in the room of its plugin."""
        return sum(_counted(one.text, self.title, self.url, one.length) for one in self.passages)


def indexed(key: str, title: str, text: str, url: str) -> IndexedText:
    """Cut a text and count its words. Call this outside the database's writer, which it would hold up."""
    passages: list[IndexedPassage] = []
    found: list[IndexedWord] = []
    for part, piece in enumerate(pieces(text)):
        counted = Counter(words(f"{title} {piece}"))
        passages.append(IndexedPassage(new_id(), part, piece, counted.total()))
        found += [IndexedWord(word, passages[-1].id, times) for word, times in counted.items()]
    return IndexedText(key, title, url, passages, sorted(found))


def batches(entries: Sequence[IndexedWord]) -> Sequence[Sequence[IndexedWord]]:
    """Words in alphabetical order as they are added or deleted, each batch by one unit; there is always one.

    In that order, each unit changes few pages of the database, since the index lies in it in the same order.
    """
    return [entries[place : place + WORDS_AT_ONCE] for place in range(0, len(entries) or 1, WORDS_AT_ONCE)]


def add(session: Session, community_id: str, plugin: str, text: IndexedText) -> None:
    """Add the passages of a text, out of sight."""
    named = {"community_id": community_id, "plugin": plugin, "key": text.key, "title": text.title, "url": text.url}
    if text.passages:
        rows = [
            {**named, "id": one.id, "part": -1 - one.part, "text": one.text, "length": one.length}
            for one in text.passages
        ]
        _ADD_PASSAGES.run(session, rows)


def add_words(session: Session, community_id: str, plugin: str, batch: Sequence[IndexedWord]) -> None:
    """Add words of passages to the index."""
    ours = {"community_id": community_id, "plugin": plugin}
    if batch:
        _ADD_WORDS.run(session, [{**ours, **entry._asdict()} for entry in batch])


def has_all(session: Session, text: IndexedText) -> bool:
    """Whether the passages of a text that have been added are still there, with all their words."""
    whole = (_added(text), PluginPassageRow.part != DROPPED)
    return session.exec(select(func.count()).select_from(PluginPassageRow).where(*whole)).one() == len(text.passages)


def show(session: Session, community_id: str, plugin: str, text: IndexedText) -> None:
    """Show a text that has been added, in place of the one with the same key."""
    hide(session, community_id, plugin, text.key)
    session.connection().execute(update(PluginPassageRow).where(_added(text)).values(part=_TURNED))


def hide(session: Session, community_id: str, plugin: str, key: str) -> bool:
    """Put a text out of sight, so that it is found no more. Returns whether it was there."""
    shown = (*_ours(community_id, plugin, key), _SHOWN)
    return session.connection().execute(update(PluginPassageRow).where(*shown).values(part=_TURNED)).rowcount > 0


def hidden_words(session: Session, community_id: str, plugin: str, key: str) -> Sequence[IndexedWord]:
    """Words of passages out of sight with this key, and of abandoned ones of others; "" for a passage without words.

    None are listed only if there is no such passage.
    """
    found = (
        select(func.coalesce(col(PluginWordRow.word), ""), PluginPassageRow.id)
        .join(PluginWordRow, col(PluginWordRow.passage_id) == col(PluginPassageRow.id), isouter=True)
        .where(*_hidden(community_id, plugin, key))
    )
    return sorted(IndexedWord(*row) for row in session.exec(found.limit(WORDS_LISTED)).all())


def drop_words(session: Session, community_id: str, plugin: str, key: str, batch: Sequence[IndexedWord]) -> None:
    """Delete words of passages out of sight, and the passages that then have no words."""
    hidden = _hidden(community_id, plugin, key)
    # Another process may have shown a passage since its words were listed.
    ids = set(session.exec(select(PluginPassageRow.id).where(*hidden)).all())
    ours = {"community_id": community_id, "plugin": plugin}
    going = {entry.passage_id for entry in batch} & ids
    marked = update(PluginPassageRow).where(col(PluginPassageRow.id).in_(going), *hidden).values(part=DROPPED)
    session.connection().execute(marked)
    if rows := [{**ours, **entry._asdict()} for entry in batch if entry.passage_id in going]:
        _DROP_WORDS.run(session, rows)
    has_words = select(PluginWordRow.word).where(col(PluginWordRow.passage_id) == col(PluginPassageRow.id)).exists()
    session.connection().execute(delete(PluginPassageRow).where(*hidden, ~has_words))


def titles(session: Session, community_id: str, plugin: str) -> dict[str, str]:
    """The titles of all texts by their keys."""
    found = select(PluginPassageRow.key, PluginPassageRow.title).where(
        PluginPassageRow.community_id == community_id, PluginPassageRow.plugin == plugin, PluginPassageRow.part == 0
    )
    return dict(session.exec(found.order_by(PluginPassageRow.key)).all())


def room_taken(session: Session, community_id: str, plugin: str, beside: str) -> tuple[int, int]:
    """The number of texts that a plugin keeps in a community, and their room in characters, without the key `beside`.

    Passages out of sight count too, since they take as much.
    """
    texts, room = session.exec(
        select(func.count(func.distinct(col(PluginPassageRow.key))), _ROOM).where(
            PluginPassageRow.community_id == community_id,
            PluginPassageRow.plugin == plugin,
            PluginPassageRow.key != beside,
        )
    ).one()
    return int(texts), int(room)


def room_of(session: Session, community_id: str, plugin: str, key: str) -> int:
    """The room of one text, in characters; 0 if there is none."""
    return int(session.exec(select(_ROOM).where(*_ours(community_id, plugin, key), _SHOWN)).one())


def search(session: Session, community_id: str, plugin: str, text: str, limit: int) -> Sequence[PluginPassageRow]:
    """The passages that match the words of a text best, the best first."""
    wanted = list(dict.fromkeys(words(text)))[:MOST_WORDS]
    ours = (col(PluginPassageRow.community_id) == community_id, col(PluginPassageRow.plugin) == plugin, _SHOWN)
    count, average = session.exec(
        select(func.count(), func.coalesce(func.avg(PluginPassageRow.length), 0)).where(*ours)
    ).one()
    if not count or not wanted:
        return ()
    found = session.exec(
        select(PluginWordRow.word, PluginWordRow.passage_id, PluginWordRow.times, PluginPassageRow.length)
        .join(PluginPassageRow, col(PluginPassageRow.id) == col(PluginWordRow.passage_id))
        .where(PluginWordRow.community_id == community_id, PluginWordRow.plugin == plugin)
        .where(col(PluginWordRow.word).in_(wanted), _SHOWN)
    ).all()
    spread = Counter(word for word, *_ in found)
    scores: dict[str, float] = defaultdict(float)
    for word, passage_id, times, length in found:
        rarity = math.log(1 + (count - spread[word] + 0.5) / (spread[word] + 0.5))
        damped = times * (SATURATION + 1) / (times + SATURATION * (1 - LENGTH + LENGTH * length / float(average)))
        scores[passage_id] += rarity * damped
    best = sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))[:limit]
    rows = session.exec(select(PluginPassageRow).where(col(PluginPassageRow.id).in_(best))).all()
    return sorted(rows, key=lambda row: best.index(row.id))


def _ours(community_id: str, plugin: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(PluginPassageRow.community_id) == community_id,
        col(PluginPassageRow.plugin) == plugin,
        col(PluginPassageRow.key) == key,
    )


def _added(text: IndexedText) -> ColumnElement[bool]:
    return col(PluginPassageRow.id).in_([one.id for one in text.passages])


def _hidden(community_id: str, plugin: str, key: str) -> tuple[ColumnElement[bool], ...]:
    # An id begins with its time in milliseconds.
    abandoned = f"{int((now() - ABANDONED).timestamp() * 1000):012x}"
    return (
        col(PluginPassageRow.community_id) == community_id,
        col(PluginPassageRow.plugin) == plugin,
        col(PluginPassageRow.part) < 0,
        (col(PluginPassageRow.key) == key) | (col(PluginPassageRow.id) < abandoned),
    )
