"""Two people who turn out to be one."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from core.store import choices, linking, people, plugins
from core.store.engine.database import Database
from core.store.plugin_tables import PluginValueRow
from core.store.tables import AccountRow, ChoiceRow, CommunityRow, KeptRow, PersonRow, RatingRow, now
from tests.store.ana_and_ben import populate
from tests.store.test_people import found, rows


@pytest.mark.slow
async def test_nothing_of_the_other_person_is_left_behind(store: Database) -> None:
    ids = await store.write(populate)
    await store.write(lambda session: linking.merge(session, ids.ben, ids.ana))
    everywhere = await store.read(lambda session: list(rows(session)))
    assert [(table, column) for table, row in everywhere for column, value in row.items() if value == ids.ana] == []
    accounts = await store.read(lambda session: session.exec(select(AccountRow)).all())
    assert {account.person_id for account in accounts} == {ids.ben}
    everything = await store.read(lambda session: people.everything_about(session, ids.ben))
    assert {account["platform"] for account in everything["accounts"]} == {"paper", "other"}


async def test_what_plugins_keep_about_them_is_theirs_still(store: Database) -> None:
    ids = await store.write(populate)

    def unit(session: Session) -> dict[str, object]:
        community_id = session.exec(select(CommunityRow.id)).first()
        assert community_id
        for name, value in (("zone", "Europe/Madrid"), ("units", "metric")):
            plugins.keep(session, community_id, "reminders", f"{name}:{ids.ana}", value)
        plugins.keep(session, community_id, "reminders", f"zone:{ids.ben}", "Europe/Berlin")
        linking.merge(session, ids.ben, ids.ana)
        kept = session.exec(select(PluginValueRow).where(PluginValueRow.plugin == "reminders")).all()
        found = {row.name.replace(ids.ben, "them"): row.value for row in kept}
        people.forget(session, ids.ben)
        assert not [row for row in session.exec(select(PluginValueRow)) if ids.ben in row.name or ids.ana in row.name]
        return found

    assert await store.write(unit) == {"zone:them": "Europe/Berlin", "units:them": "metric"}


@pytest.mark.slow
async def test_the_later_word_about_an_answer_counts(store: Database) -> None:
    ids = await store.write(populate)

    def shared(session: Session) -> tuple[str, int]:
        ratings = session.exec(select(RatingRow)).all()
        mine = {rating.message_id for rating in ratings if rating.person_id == ids.ana}
        both = next(rating for rating in ratings if rating.person_id == ids.ben and rating.message_id in mine)
        both.value, both.at = -1, now() + timedelta(minutes=1)
        return both.message_id, both.value

    message_id, value = await store.write(shared)
    await store.write(lambda session: linking.merge(session, ids.ana, ids.ben))
    kept = await store.read(lambda session: session.get_one(RatingRow, (ids.ana, message_id)))
    assert kept.value == value


@pytest.mark.parametrize(("theirs", "terms"), [("1", "1"), ("2", None), (None, None)])
async def test_an_agreement_holds_where_both_gave_it(store: Database, theirs: str | None, terms: str | None) -> None:
    ids = await store.write(populate)

    def unit(session: Session) -> None:
        session.get_one(PersonRow, ids.ben).terms = theirs
        session.flush()
        linking.merge(session, ids.ana, ids.ben)

    await store.write(unit)
    assert await store.read(lambda session: session.get_one(PersonRow, ids.ana).terms) == terms


async def test_what_the_first_one_chose_stays(store: Database) -> None:
    ids = await store.write(populate)

    def unit(session: Session) -> None:
        one = session.exec(select(ChoiceRow).where(ChoiceRow.scope == "person", ChoiceRow.scope_id == ids.ana)).first()
        assert one
        choices.choose(session, one.community_id, "person", ids.ben, "style", "short")
        linking.merge(session, ids.ana, ids.ben)

    await store.write(unit)
    kept = await store.read(lambda session: session.exec(select(ChoiceRow).where(ChoiceRow.scope_id == ids.ana)).all())
    assert {choice.name: choice.value for choice in kept} == {"about": "a CANARY breeder", "style": "short"}


@pytest.mark.slow
async def test_a_code_is_good_once_and_not_for_long(store: Database) -> None:
    ids = await store.write(populate)
    code = await store.write(lambda session: linking.new_code(session, ids.ana))
    spelt = f"{code[:5].lower()}-{code[5:]}"
    assert await store.write(lambda session: linking.redeem(session, spelt)) == ids.ana
    assert await store.write(lambda session: linking.redeem(session, code)) is None
    assert await store.write(lambda session: linking.redeem(session, "AAAAA-AAAAA")) is None


async def test_an_old_code_is_refused_and_swept(store: Database) -> None:
    ids = await store.write(populate)
    past = timedelta(minutes=-1)
    code = await store.write(lambda session: linking.new_code(session, ids.ana, past))
    assert await store.write(lambda session: linking.redeem(session, code)) is None
    await store.write(lambda session: linking.new_code(session, ids.ana, past))
    await store.write(lambda session: linking.new_code(session, ids.ana, past))
    codes = select(KeptRow).where(col(KeptRow.name).startswith("link:"))
    old = await store.read(lambda session: session.exec(codes).all())
    assert len(old) == 2


@pytest.mark.slow
async def test_the_code_itself_is_not_kept(store: Database) -> None:
    ids = await store.write(populate)
    code = await store.write(lambda session: linking.new_code(session, ids.ana))
    assert await store.read(lambda session: found(session, code)) == []
