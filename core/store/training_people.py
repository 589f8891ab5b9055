"""The people whose data a model was trained on: who they were, and whether they have left since."""

import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlmodel import Session, col, select

from core.store.labeling_tables import PreferenceRow, RankingRow, ReviewRow, TreeMessageRow, TreeVoteRow
from core.store.tables import AccountRow, KeptRow, MessageRow, PersonRow, RatingRow

KEY = "training:key"
HELD_OUT_SHARE = 0.1
"""The share of people, and of prompts, that is held out. Another share would let people in who have been outside."""

AT_ONCE = 900
"""Ids in one statement: SQLite allows few more."""


def training_key(session: Session) -> bytes:
    """The secret of this installation by which people and prompts are held out of training. It is made once."""
    kept = session.get(KeptRow, KEY)
    if kept is None:
        kept = KeptRow(name=KEY, value=secrets.token_hex(32))
        session.add(kept)
    return bytes.fromhex(kept.value)


def is_held_out(key: bytes, kind: str, id: str) -> bool:
    """Whether something (of the `kind` "person" or "prompt") is held out of training, which only the key decides."""
    digest = hmac.digest(key, f"{kind}:{id}".encode(), "sha256")
    return int.from_bytes(digest[:8]) < HELD_OUT_SHARE * 2**64


def contributors(session: Session, message_ids: Sequence[str], terms: str) -> set[str]:
    """The people who wrote these messages, or judged them or their answers, and who agree to these terms."""
    found: set[str] = set()
    for ids in _pieces(message_ids):
        for person, message in (
            (MessageRow.person_id, MessageRow.id),
            (TreeMessageRow.person_id, TreeMessageRow.id),
            (RatingRow.person_id, RatingRow.message_id),
            (PreferenceRow.person_id, PreferenceRow.chosen_id),
            (PreferenceRow.person_id, PreferenceRow.rejected_id),
            (ReviewRow.person_id, ReviewRow.message_id),
            (TreeVoteRow.person_id, TreeVoteRow.message_id),
            (RankingRow.person_id, RankingRow.parent_id),
        ):
            found.update(one for one in session.exec(select(person).where(col(message).in_(ids)).distinct()) if one)
    agreed: set[str] = set()
    for ids in _pieces(sorted(found)):
        agreed.update(
            session.exec(select(PersonRow.id).where(col(PersonRow.id).in_(ids), col(PersonRow.terms) == terms))
        )
    return agreed


def accounts_of(session: Session, person_ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The ids of the accounts of people, by the people's ids. They stay the same when two people turn out to be one."""
    found: dict[str, tuple[str, ...]] = {}
    for ids in _pieces(sorted(person_ids)):
        rows = session.exec(select(AccountRow.person_id, AccountRow.id).where(col(AccountRow.person_id).in_(ids)))
        for person_id, account_id in rows:
            found[person_id] = (*found.get(person_id, ()), account_id)
    return found


def agreeing_accounts(session: Session) -> Mapping[str, bool]:
    """The ids of all accounts, each with whether its person agrees to some version of the terms."""
    rows = session.exec(select(AccountRow.id, PersonRow.terms).join(PersonRow))
    return {account_id: terms is not None for account_id, terms in rows}


def _pieces(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
