"""A model is promoted by one row on the ground of votes, and rolled back by another."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session, col, select

from core.errors import OperatorError
from core.messages import Place, User
from core.promotion.promoting import PromotableModels, WantedPromotion, promote, roll_back
from core.store import identities, model_names, promotions
from core.store.engine.database import Database
from core.store.promotion_tables import PromotionRow
from core.store.promotions import PromotionReach, reach
from core.store.tables import AuditRow, now
from tests.arena.conftest import says
from tests.core.building import core_over
from tests.dialogue import Dialogue
from tests.promotion.conftest import NAMES
from tests.promotion.votes import voted

pytestmark = pytest.mark.above_the_store

BETTER = (80, 20)
"""Choices for the candidate and against it, which the test calls better."""


async def answerer(who: Dialogue) -> str:
    """Whose answer somebody gets."""
    return (await who.says("Who are you?")).reply.text.partition(" ")[0]


async def audited(store: Database) -> list[tuple[str, str, str]]:
    return await store.read(
        lambda session: [
            (row.action, row.subject, row.outcome) for row in session.exec(select(AuditRow).order_by(col(AuditRow.id)))
        ]
    )


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_the_votes_let_it_answer_and_a_rollback_takes_that_back(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    assert await answerer(ana) == "old"
    await store.write(lambda session: voted(session, *BETTER))
    done = await promote(store, models, WantedPromotion("new", who="op"))
    assert await answerer(ana) == "new"
    assert done.row.evidence["verdict"] == "better"
    assert 0.7 < done.row.evidence["win_rate"]["value"] < 0.9
    ended = await roll_back(store, models, "it rambles", "op")
    assert (ended.row.candidate, ended.answers) == ("new", "old")
    assert await answerer(ana) == "old"
    [begun, gone] = await audited(store)
    assert begun[:2] == ("promote", "new")
    assert begun[2].startswith("everywhere: arena better after ")
    assert gone == ("rollback", "new", "it rambles (who: op)")


@pytest.mark.in_the_store
async def test_whoever_has_chosen_a_model_keeps_it(ana: Dialogue, store: Database, models: PromotableModels) -> None:
    ben = ana.elsewhere("room of Ben", User("ben", "Ben"))
    await ben.types("/model old")
    await promote(store, models, WantedPromotion("new", because="a try"))
    assert await answerer(ana) == "new"
    assert await answerer(ben) == "old"
    await ben.types("/model default")
    assert await answerer(ben) == "new"
    (await ana.types("/model")).expect("The current model is “new”")
    await roll_back(store, models)
    (await ana.types("/model")).expect("The current model is “old”")


async def test_a_community_that_has_chosen_keeps_its_choice(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    await ana.types("/model old community")
    await promote(store, models, WantedPromotion("new", because="a try"))
    assert await answerer(ana) == "old"


@pytest.mark.in_the_store
async def test_generations_stand_on_each_other(ana: Dialogue, store: Database, models: PromotableModels) -> None:
    await promote(store, models, WantedPromotion("new", because="first"))
    await promote(store, models, WantedPromotion("newer", because="second"))
    assert await answerer(ana) == "newer"
    assert (await roll_back(store, models)).answers == "new"
    assert await answerer(ana) == "new"
    assert (await roll_back(store, models)).answers == "old"
    with pytest.raises(OperatorError, match="nothing to roll back"):
        await roll_back(store, models)


@pytest.mark.in_the_store
async def test_it_counts_from_the_next_message_on_in_every_process(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    other = core_over(store, *map(says, NAMES))
    other.router.attach("paper", ana.chat)
    elsewhere = replace(ana, core=other).elsewhere("another room")
    await promote(store, models, WantedPromotion("new", because="a try"))
    assert [await answerer(ana), await answerer(elsewhere)] == ["new", "new"]
    await roll_back(store, models)
    assert [await answerer(ana), await answerer(elsewhere)] == ["old", "old"]


@pytest.mark.in_the_store
async def test_of_two_promotions_at_once_one_is_refused(store: Database, models: PromotableModels) -> None:
    tries = [promote(store, models, WantedPromotion(name, 0.5, because="a try")) for name in ("new", "newer")]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(isinstance(one, OperatorError) for one in done) == [False, True], done
    assert len(await store.read(promotions.standing)) == 1


def communities(session: Session, number: int) -> list[str]:
    return [identities.community(session, Place("paper", f"server {one}", "")) for one in range(number)]


async def holding(store: Database, ids: list[str]) -> set[str]:
    [row] = await store.read(promotions.standing)
    return {id for id in ids if reach(row.reach).includes(id)}


async def test_a_share_of_communities_grows_and_keeps_those_that_it_had(
    store: Database, models: PromotableModels
) -> None:
    ids = await store.write(lambda session: communities(session, 400))
    await promote(store, models, WantedPromotion("new", 0.1, because="a canary"))
    few = await holding(store, ids)
    assert 15 < len(few) < 70
    done = await promote(store, models, WantedPromotion("new", 0.5, because="it is well"))
    many = await holding(store, ids)
    assert done.widened
    assert few < many
    assert 150 < len(many) < 250
    await promote(store, models, WantedPromotion("new", because="it is well"))
    assert await holding(store, ids) == set(ids)
    assert len(await store.read(promotions.all_promotions)) == 1


async def test_each_canary_draws_others() -> None:
    ids = [f"{number:032x}" for number in range(400)]
    one, other = (PromotionReach(0.1) for _ in range(2))
    assert {id for id in ids if one.includes(id)} != {id for id in ids if other.includes(id)}


@pytest.mark.in_the_store
async def test_chosen_communities_are_the_only_ones(ana: Dialogue, store: Database, models: PromotableModels) -> None:
    far = replace(ana, place=replace(ana.place, community="elsewhere"))
    assert [await answerer(ana), await answerer(far)] == ["old", "old"]
    await promote(store, models, WantedPromotion("new", communities=["paper:elsewhere"], because="they asked"))
    assert [await answerer(ana), await answerer(far)] == ["old", "new"]
    await promote(store, models, WantedPromotion("new", 0.0001, because="more"))
    assert await answerer(far) == "new"
    await promote(store, models, WantedPromotion("new", communities=["paper:server"], because="they, too"))
    assert [await answerer(ana), await answerer(far)] == ["new", "new"]


async def test_without_its_files_the_model_before_answers(ana: Dialogue, store: Database) -> None:
    def unit(session: Session) -> None:
        for candidate in ("new", "gone"):
            row = PromotionRow(number=0, candidate=candidate, replaced="old", reach=PromotionReach().record())
            promotions.begin(session, row, "")

    await store.write(unit)
    assert await answerer(ana) == "new"
    ana.core.assistant.options.models.refuse("new")
    assert await answerer(ana) == "old"


Votes = dict[str, Any]

REFUSED: list[tuple[str, list[Votes], WantedPromotion, str]] = [
    ("unknown", [], WantedPromotion("nobody"), "there is no model 'nobody'; there are new, newer, old"),
    ("itself", [], WantedPromotion("old"), "'old' answers already"),
    ("share of 0", [], WantedPromotion("new", 0.0), "above 0 and up to 100"),
    ("share above 1", [], WantedPromotion("new", 1.5), "above 0 and up to 100"),
    ("no arena", [], WantedPromotion("new"), "nobody has compared 'new' with 'old'.*/arena on new against old"),
    (
        "no held-out people",
        [{"won": 80, "held_out": False}],
        WantedPromotion("new"),
        "there are 0 choices.*about 147 more",
    ),
    ("too few", [{"won": 10, "lost": 6}], WantedPromotion("new"), "16 choices by 16 people.*about 123 more"),
    ("worse", [{"won": 20, "lost": 80}], WantedPromotion("new"), "is not better by enough"),
    (
        "another base",
        [{"won": 80, "baseline": "newer"}],
        WantedPromotion("new"),
        r"compared with newer \(80\), and 'old'",
    ),
    (
        "another persona",
        [{"won": 80, "besides": {"persona": "pirate", "preset": "precise"}}],
        WantedPromotion("new"),
        "compared with another persona or preset",
    ),
    (
        "begun anew after it lost",
        [{"won": 20, "lost": 80}, {"won": 80, "server": "others"}],
        WantedPromotion("new"),
        "is not better by enough",
    ),
    (
        "lost as the side that it was compared with",
        [{"won": 80, "lost": 20, "candidate": "old", "baseline": "new", "server": "first"}, {"won": 80}],
        WantedPromotion("new"),
        "is not better by enough",
    ),
    (
        "compared with another on the other side",
        [{"won": 80, "candidate": "newer", "baseline": "new"}],
        WantedPromotion("new"),
        r"compared with newer \(80\), and 'old'",
    ),
    (
        "compared with itself",
        [{"won": 80, "baseline": "new", "besides": {"persona": "pirate", "preset": "precise"}}],
        WantedPromotion("new"),
        "nobody has compared 'new' with 'old'",
    ),
    ("no such community", [], WantedPromotion("new", communities=["paper:x"], because="?"), "no community 'paper:x'"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("votes", "wanted", "words"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
async def test_what_is_not_proven_is_refused_in_words(
    ana: Dialogue, store: Database, models: PromotableModels, votes: list[Votes], wanted: WantedPromotion, words: str
) -> None:
    for one in votes:
        await store.write(partial(voted, **one))
    with pytest.raises(OperatorError, match=words):
        await promote(store, models, wanted)
    assert await answerer(ana) == "old"
    assert await store.read(promotions.all_promotions) == []
    assert await audited(store) == []


async def test_votes_of_several_communities_are_judged_together(store: Database, models: PromotableModels) -> None:
    for server in ("one", "two"):
        await store.write(partial(voted, won=20, lost=5, server=server))
        row = (await promote(store, models, WantedPromotion("new"))).row if server == "two" else None
    assert row
    assert row.evidence["choices"] > 25


async def test_a_vote_counts_whichever_of_the_two_was_the_candidate(store: Database, models: PromotableModels) -> None:
    await store.write(partial(voted, won=20, lost=80, candidate="old", baseline="new"))
    row = (await promote(store, models, WantedPromotion("new"))).row
    assert row.evidence["verdict"] == "better"
    assert 0.7 < row.evidence["win_rate"]["value"] < 0.9


async def test_votes_about_what_had_the_name_before_do_not_count(store: Database, models: PromotableModels) -> None:
    week = timedelta(days=7)
    await store.write(lambda session: model_names.note(session, {"old": "Smol-1"}, now() - 2 * week))
    await store.write(lambda session: model_names.note(session, {"old": "Smol-2"}, now() - week / 2))
    await store.write(lambda session: voted(session, *BETTER, at=now() - week))
    with pytest.raises(OperatorError, match="the 100 votes about 'new' are from before"):
        await promote(store, models, WantedPromotion("new"))


async def test_late_votes_about_answers_of_what_had_the_name_before_do_not_count(
    store: Database, models: PromotableModels
) -> None:
    day = timedelta(days=1)
    await store.write(lambda session: model_names.note(session, {"new": "Smol-1"}, now() - 9 * day))
    await store.write(lambda session: model_names.note(session, {"new": "Smol-2"}, now() - 2 * day))
    await store.write(lambda session: voted(session, *BETTER, at=now() - day, asked_at=now() - 3 * day))
    with pytest.raises(OperatorError, match="the 100 votes about 'new' are from before"):
        await promote(store, models, WantedPromotion("new"))


async def test_votes_from_before_its_true_name_was_noted_count(store: Database, models: PromotableModels) -> None:
    day = timedelta(days=1)
    await store.write(lambda session: model_names.note(session, {"old": "Smol-1"}, now() - 2 * day))
    await store.write(lambda session: voted(session, *BETTER, at=now() - day))
    await store.write(lambda session: model_names.note(session, {"old": "Smol-1", "new": "Smol-2"}, now()))
    assert (await promote(store, models, WantedPromotion("new"))).row.evidence["verdict"] == "better"


async def test_one_canary_at_a_time_and_no_way_back_but_a_rollback(store: Database, models: PromotableModels) -> None:
    await promote(store, models, WantedPromotion("new", 0.2, because="a canary"))
    with pytest.raises(OperatorError, match="'new' answers in some communities: let it answer everywhere"):
        await promote(store, models, WantedPromotion("newer", because="at once"))
    with pytest.raises(OperatorError, match="answers in 20 % of the communities already, and can only be widened"):
        await promote(store, models, WantedPromotion("new", 0.1, because="less"))
    with pytest.raises(OperatorError, match="answers in 20 % of the communities already$"):
        await promote(store, models, WantedPromotion("new", 0.2, because="as much"))


@pytest.mark.slow
async def test_what_was_rolled_back_comes_back_only_for_a_reason(store: Database, models: PromotableModels) -> None:
    await store.write(lambda session: voted(session, *BETTER))
    await promote(store, models, WantedPromotion("new"))
    await roll_back(store, models, "it rambles")
    with pytest.raises(OperatorError, match="'new' was rolled back on .*: it rambles"):
        await promote(store, models, WantedPromotion("new"))
    await promote(store, models, WantedPromotion("new", because="it does not ramble any more"))
    [row] = await store.read(promotions.standing)
    assert (row.number, row.because, row.evidence) == (2, "it does not ramble any more", {})


async def test_an_ancestor_that_was_removed_is_passed_over(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    await promote(store, models, WantedPromotion("new", because="first"))
    await promote(store, models, WantedPromotion("newer", because="second"))
    without = replace(models, names=("old", "newer"))
    ended = await roll_back(store, without)
    assert (ended.row.replaced, ended.answers) == ("new", "old")
    done = await promote(store, without, WantedPromotion("newer", because="third"))
    assert done.row.replaced == "old", "people compare it with what really answers"


async def test_only_the_promotions_that_are_asked_for_say_who_answers(
    ana: Dialogue, store: Database, models: PromotableModels
) -> None:
    for name in ("new", "newer", "new", "newer"):
        await promote(store, models, WantedPromotion(name, because="a try"))
    rows = await store.read(promotions.standing)
    assert promotions.answering(rows, "old", ("new",)) == "new"
    assert promotions.answering(rows, "old", ()) == "old"
    await promote(store, replace(models, names=(*NAMES, "gen-5")), WantedPromotion("gen-5", because="a try"))
    for name in ("gen-6", "gen-7"):
        await promote(store, replace(models, names=(*NAMES, name)), WantedPromotion(name, because="a try"))
    rows = await store.read(promotions.standing)
    assert promotions.answering(rows, "old", NAMES) == "old", "as in a chat"
