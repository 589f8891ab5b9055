"""Clean and check a text before it is submitted to a tree (docs/reference/labeling.md 2.6)."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from core.labeling.rules import language_id as tongue
from core.labeling.rules import similarity as likeness
from core.labeling.rules import text_checks as filters
from core.labeling.rules.text_checks import Finding
from core.labeling.service.submissions import Text
from core.ports.store import Store
from core.store.labeling_tables import TextBand, TreeMessage

NEAREST = 20
"""How many prompts are compared with a new one."""

QUOTED = 80


@dataclass(frozen=True, slots=True)
class Checked:
    """A text as it would be kept, with what its author should check again."""

    text: Text
    findings: tuple[Finding, ...] = ()


async def check(
    store: Store,
    text: str,
    lang: str,
    languages: Sequence[str],
    *,
    known: Collection[str] = (),
    prompt: str = "",
    begins: bool = False,
) -> Checked:
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
    finding = Finding("near", values={"text": " ".join(alike.split())[:QUOTED]})
    return Checked(checked.text, (*checked.findings, finding))


def _look(
    text: str, lang: str, languages: tuple[str, ...], known: Collection[str], prompt: str, begins: bool
) -> Checked:
    clean = filters.cleaned(text)
    found = filters.findings(clean, prompt, (lang, *languages))
    if other := tongue.hint(clean, lang, {lang, *languages}, known) if tongue.available() else None:
        found = (*found, Finding("language", values={"language": other}))
    bands = likeness.bands(clean) if begins and likeness.available() else ()
    return Checked(Text(clean, likeness.digest(clean), bands), found)


def _near(session: Session, text: Text) -> list[str]:
    """Return prompts that share the digest or a band with a text."""
    banded = select(col(TextBand.message_id)).where(col(TextBand.band).in_(text.bands)).distinct().limit(NEAREST)
    ids = list(session.scalars(banded)) if text.bands else []
    same = select(col(TreeMessage.id)).where(
        col(TreeMessage.digest) == text.digest, col(TreeMessage.parent_id).is_(None)
    )
    ids += session.scalars(same.limit(1)).all()
    live = select(col(TreeMessage.text)).where(col(TreeMessage.id).in_(ids), col(TreeMessage.deleted).is_(False))
    return list(session.scalars(live.order_by(col(TreeMessage.id)))) if ids else []


def _nearest(text: str, others: Sequence[str]) -> str | None:
    return next((other for other in others if likeness.alike(text, other) >= likeness.ALIKE), None)
