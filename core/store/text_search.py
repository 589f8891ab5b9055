"""Full-text search over an inverted index of plain rows, the same on every database.

Ranks results by BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) with its usual k1 and b.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func
from sqlmodel import Session, col, select

from core.store.tables import PluginPassageRow, PluginWordRow

SATURATION, LENGTH = 1.2, 0.75
PASSAGE = 900
"""The approximate length of a passage in characters; paragraphs are kept together as far as they fit."""

LONGEST_WORD, MOST_WORDS = 40, 32
TOKEN = re.compile(r"[^\W_]+")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


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


def put(session: Session, community_id: str, plugin: str, key: str, title: str, text: str, url: str) -> None:
    """Keep a text in place of the one with the same key."""
    remove(session, community_id, plugin, key)
    for part, piece in enumerate(pieces(text)):
        counted = Counter(words(f"{title} {piece}"))
        row = PluginPassageRow(
            community_id=community_id,
            plugin=plugin,
            key=key,
            part=part,
            title=title,
            url=url,
            text=piece,
            length=counted.total(),
        )
        session.add(row)
        session.flush()
        session.add_all(
            PluginWordRow(community_id=community_id, plugin=plugin, word=word, passage_id=row.id, times=times)
            for word, times in counted.items()
        )


def remove(session: Session, community_id: str, plugin: str, key: str) -> bool:
    """Delete a text. Returns whether it was there."""
    ours = _ours(community_id, plugin, key)
    ids = select(PluginPassageRow.id).where(*ours)
    session.connection().execute(delete(PluginWordRow).where(col(PluginWordRow.passage_id).in_(ids)))
    return session.connection().execute(delete(PluginPassageRow).where(*ours)).rowcount > 0


def titles(session: Session, community_id: str, plugin: str) -> dict[str, str]:
    """The titles of all texts by their keys."""
    found = select(PluginPassageRow.key, PluginPassageRow.title).where(
        PluginPassageRow.community_id == community_id, PluginPassageRow.plugin == plugin, PluginPassageRow.part == 0
    )
    return dict(session.exec(found.order_by(PluginPassageRow.key)).all())


def room_taken(session: Session, community_id: str, plugin: str, beside: str) -> tuple[int, int]:
    """The number of texts that a plugin keeps in a community, and their total characters, without the key `beside`."""
    texts, characters = session.exec(
        select(
            func.count(func.distinct(col(PluginPassageRow.key))),
            func.coalesce(func.sum(func.length(PluginPassageRow.text)), 0),
        ).where(
            PluginPassageRow.community_id == community_id,
            PluginPassageRow.plugin == plugin,
            PluginPassageRow.key != beside,
        )
    ).one()
    return int(texts), int(characters)


def search(session: Session, community_id: str, plugin: str, text: str, limit: int) -> Sequence[PluginPassageRow]:
    """The passages that match the words of a text best, the best first."""
    wanted = list(dict.fromkeys(words(text)))[:MOST_WORDS]
    ours = (col(PluginPassageRow.community_id) == community_id, col(PluginPassageRow.plugin) == plugin)
    count, average = session.exec(
        select(func.count(), func.coalesce(func.avg(PluginPassageRow.length), 0)).where(*ours)
    ).one()
    if not count or not wanted:
        return ()
    found = session.exec(
        select(PluginWordRow.word, PluginWordRow.passage_id, PluginWordRow.times, PluginPassageRow.length)
        .join(PluginPassageRow, col(PluginPassageRow.id) == col(PluginWordRow.passage_id))
        .where(PluginWordRow.community_id == community_id, PluginWordRow.plugin == plugin)
        .where(col(PluginWordRow.word).in_(wanted))
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
