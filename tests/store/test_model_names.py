"""core.store.model_names: which model answered under a name, and when."""

from datetime import UTC, datetime, timedelta
from functools import partial

from core.store.engine.database import Database
from core.store.model_names import ModelNames, note, noted

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LATER, LAST = FIRST + timedelta(days=1), FIRST + timedelta(days=2)


async def test_a_name_stands_for_what_it_stood_for_then(store: Database) -> None:
    for names, at in (({"embedded": "Small"}, FIRST), ({"embedded": "Small"}, LATER), ({"embedded": "Large"}, LAST)):
        await store.write(partial(note, names=names, at=at))
    known = await store.read(noted)
    assert len(known.since) == 2
    assert [known.true_name("embedded", at) for at in (FIRST, LATER, LAST)] == ["Small", "Small", "Large"]
    assert known.true_name("other", LAST) == "other"


async def test_before_anything_was_noted_only_some_names_are_known() -> None:
    since = [(LATER, {"embedded": "Small", "server": "Big"})]
    known = ModelNames(since, frozenset({"embedded"}))
    assert [known.true_name(name, FIRST) for name in ("embedded", "server")] == ["Small", "server"]
    assert ModelNames().true_name("embedded", FIRST) == "embedded"
