"""Clean and check a text before it is submitted to a tree (docs/reference/labeling.md 2.6)."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from core.labeling.rules import language_id, similarity, text_checks
from core.labeling.rules.text_checks import TextFinding
from core.labeling.service.new_texts import CleanText
from core.ports.store import Store
from core.store.labeling_tables import TextBandRow, TreeMessageRow

NEAREST = 20
"""The number of prompts that a new one is compared with."""

QUOTED = 80


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text as it would be kept, with what its author should check again."""

    text: CleanText
    findings: tuple[TextFinding, ...] = ()


async def check(
    store: Store,
    text: str,
    lang: str,
    languages: Sequence[str],
    *,
    known: Collection[str] = (),
    prompt: str = "",
    begins: bool = False,
) -> CheckedText:
    """Clean a text and check it. `languages` are those of its writer, `known` all languages that there are.

    `prompt` is the text that it answers. `begins` says that it begins a tree; it is then compared with other prompts.

    Without the libraries of the extra `tasks`, the checks that need them are skipped.
    """
    checked = await asyncio.to_thread(_look, text, lang, tuple(languages), known, prompt, begins)
    if not begins:
        return checked
    near = await store.read(lambda session: _near(session, checked.text))
    alike = await asyncio.to_thread(_nearest, checked.text.text, near)
    if alike is None:
        return checked
    finding = TextFinding("near", values={"text": " ".join(alike.split())[:QUOTED]})
    return CheckedText(checked.text, (*checked.findings, finding))


def _look(
    text: str, lang: str, languages: tuple[str, ...], known: Collection[str], prompt: str, begins: bool
) -> CheckedText:
    clean = text_checks.cleaned(text)
    found = text_checks.findings(clean, prompt, (lang, *languages))
    if other := language_id.hint(clean, lang, {lang, *languages}, known) if language_id.available() else None:
        found = (*found, TextFinding("language", values={"language": other}))
    bands = similarity.bands(clean) if begins else ()
    return CheckedText(CleanText(clean, similarity.digest(clean), bands), found)


def _near(session: Session, text: CleanText) -> list[str]:
    """Return prompts that share the digest or a band with a text."""
    banded = select(col(TextBandRow.message_id)).where(col(TextBandRow.band).in_(text.bands)).distinct().limit(NEAREST)
    ids = list(session.scalars(banded)) if text.bands else []
    same = select(col(TreeMessageRow.id)).where(
        col(TreeMessageRow.digest) == text.digest, col(TreeMessageRow.parent_id).is_(None)
    )
    ids += session.scalars(same.limit(1)).all()
    live = select(col(TreeMessageRow.text)).where(
        col(TreeMessageRow.id).in_(ids), col(TreeMessageRow.deleted).is_(False)
    )
    return list(session.scalars(live.order_by(col(TreeMessageRow.id)))) if ids else []


def _nearest(text: str, others: Sequence[str]) -> str | None:
    return next((other for other in others if similarity.alike(text, other) >= similarity.ALIKE), None)
