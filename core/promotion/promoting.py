"""Promotes a model, and rolls a promotion back. Each is one row, and so wholly done or not at all."""

import asyncio
import getpass
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlmodel import Session

from core.errors import OperatorError
from core.messages import Place
from core.ports.store import Store
from core.promotion.answer_quality import qualities, week_before
from core.promotion.candidates import sound_candidate
from core.promotion.evidence import ComparedVotes, PromotionEvidence, compared, evidence
from core.store import identities, promotions
from core.store.model_names import noted
from core.store.promotion_tables import PromotionRow
from core.store.promotions import PromotionReach, answering, reach, reach_in_words
from core.store.tables import now
from core.store.training_people import training_key


@dataclass(frozen=True, slots=True)
class PromotableModels:
    """The models of an installation: their names, and the one that answers where nothing was promoted or chosen.

    `always` are names that meant the same before anybody noted what they mean.
    """

    home: Path
    names: Collection[str]
    default: str
    always: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WantedPromotion:
    """What is to be promoted: for this share of communities, or for those that are named ("platform:id").

    `because` is said in place of the arena's evidence, and goes into the audit with `who` says it.
    """

    candidate: str
    share: float = 1.0
    communities: Sequence[str] = ()
    because: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class DonePromotion:
    """A promotion that was begun or widened, and the evidence that it rests on, if it rests on that.

    It holds in `reached` of the `communities` that there are now.
    """

    row: PromotionRow
    evidence: PromotionEvidence | None
    reached: int
    communities: int
    widened: bool = False


@dataclass(frozen=True, slots=True)
class EndedPromotion:
    """A promotion that was rolled back, and the model that answers in its place now."""

    row: PromotionRow
    answers: str


async def promote(store: Store, models: PromotableModels, wanted: WantedPromotion) -> DonePromotion:
    """Let a candidate answer wherever nobody has chosen another model, in all communities or in some.

    If it does so in some communities, they become more. Raises OperatorError, with what to do, if the candidate is
    unknown, damaged or refused, if there is no evidence and nothing said in its place, or if it answers there already.
    """
    if not 0 < wanted.share <= 1:
        raise OperatorError("the share of communities is a percentage above 0 and up to 100")
    rows = await store.read(promotions.standing)
    replaced = answering(rows, models.default, models.names)
    going = _going_on(rows, replaced, wanted.candidate)
    votes, said = await _judged(store, models, wanted.candidate, replaced)
    because = " ".join(wanted.because.split())
    if not because:
        _require_evidence(wanted.candidate, replaced, votes, said)
        await store.read(partial(_require_unended, candidate=wanted.candidate))
    ids = await store.read(partial(_community_ids, named=wanted.communities))
    where = _wider(reach(going.reach) if going else None, 0.0 if ids else wanted.share, ids)
    ground = "; ".join(filter(None, (_told(said), because)))
    line = f"{reach_in_words(where)}: {ground} (who: {wanted.who or user()})"
    fresh = PromotionRow(
        number=0,
        candidate=wanted.candidate,
        replaced=replaced,
        reach=where.record(),
        because=because,
        evidence=dict(said.record()) if said and not because else {},
    )
    first = going or fresh
    # Other communities have other figures, so they are counted anew for a promotion that is widened.
    week = partial(qualities, since=week_before(first.begun_at), until=first.begun_at)
    fresh.before = dict((await store.read(partial(week, models=[first.replaced], where=where))).record())

    def unit(session: Session) -> PromotionRow:
        # What has changed meanwhile may be in the way: a reach that another process has widened would become less.
        there = [(one.number, one.reach) for one in promotions.standing(session, locked=True)]
        if there != [(one.number, one.reach) for one in rows]:
            raise OperatorError("another promotion or rollback came in between: look at `parley models lineage`")
        if going:
            return promotions.widen(session, going.number, fresh, line)
        # A unit may run twice, and each time with a row of its own.
        return promotions.begin(session, PromotionRow(**fresh.model_dump()), line)

    row = await store.write(unit)
    return DonePromotion(row, said, *await store.read(partial(promotions.reached, where=where)), going is not None)


def _going_on(rows: Sequence[PromotionRow], replaced: str, candidate: str) -> PromotionRow | None:
    """The promotion of a candidate that holds in some communities; None if none does.

    Raises OperatorError if another candidate's does, or if this one answers everywhere already.
    """
    if replaced == candidate:
        raise OperatorError(f"{candidate!r} answers already wherever nobody has chosen another model")
    if not rows or reach(rows[0].reach).everybody:
        return None
    other = rows[0].candidate
    if other != candidate:
        raise OperatorError(
            f"{other!r} answers in some communities: let it answer everywhere, `parley promote {other}`, or roll it"
            f" back, `parley rollback {other}`, before another one follows"
        )
    return rows[0]


async def _judged(
    store: Store, models: PromotableModels, candidate: str, replaced: str
) -> tuple[ComparedVotes, PromotionEvidence | None]:
    """Check a candidate, and say what the votes about it say. Raises OperatorError if it may not be promoted."""
    key = await store.write(training_key)
    found = await asyncio.to_thread(sound_candidate, models.home, candidate, replaced, models.names, key)
    names = await store.read(partial(noted, always=models.always))
    about = partial(compared, candidate=candidate, replaced=replaced, names=names, since=found.since, now=now())
    votes = await store.read(about)
    return votes, await asyncio.to_thread(evidence, votes.rule, votes.votes) if votes.rule else None


async def roll_back(
    store: Store, models: PromotableModels, because: str = "", who: str = "", model: str = ""
) -> EndedPromotion:
    """Roll the newest promotion back: the model before it answers again, at once; if that is not here any more, the one
    before that. Raises OperatorError, and changes nothing, if none is promoted, or if the newest is not of the `model`
    that is named.
    """
    why = " ".join(because.split()) or "by hand"

    def unit(session: Session) -> EndedPromotion:
        rows = promotions.standing(session, locked=True)
        if model and (not rows or rows[0].candidate != model):
            raise OperatorError(f"{_not_newest(session, rows, model)}. {_now(rows, models)}. Nothing was changed")
        ended = promotions.end(session, rows[0].number, why, f"{why} (who: {who or user()})") if rows else None
        if ended is None:
            raise OperatorError(f"no model is promoted, so there is nothing to roll back. {_now(rows, models)}")
        return EndedPromotion(ended, answering(rows[1:], models.default, models.names))

    return await store.write(unit)


def _not_newest(session: Session, rows: Sequence[PromotionRow], model: str) -> str:
    """Why the newest promotion is not one of a model, in words."""
    if any(one.candidate == model for one in rows):
        return f"{model!r} is not the one that was promoted last: {rows[0].candidate!r} is, and is rolled back first"
    ended = [one for one in promotions.all_promotions(session) if one.candidate == model and one.ended_at]
    if not ended:
        return f"{model!r} was never promoted, so it cannot be rolled back"
    last = ended[-1]
    by_itself = "by itself " if last.by_itself else ""
    return f"{model!r} does not answer any more: it was rolled back {by_itself}on {last.ended_at:%Y-%m-%d}: {last.why}"


def _now(rows: Sequence[PromotionRow], models: PromotableModels) -> str:
    return f"{answering(rows, models.default, models.names)!r} answers now where nobody has chosen a model"


def user() -> str:
    """Who works at this machine, for the audit."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _require_evidence(candidate: str, replaced: str, votes: ComparedVotes, said: PromotionEvidence | None) -> None:
    """Raise OperatorError, with what is missing, unless held-out people's votes call a candidate better."""
    hint = 'If you decide it without them, say why: --because "…"'
    begin = f"an admin begins a comparison in a chat: /arena on {candidate} against {replaced}"
    if said is None:
        if votes.stale:
            why = f"the {votes.stale} votes about {candidate!r} are from before it, or {replaced!r}, was what it is now"
        elif votes.others:
            told = ", ".join(f"{name} ({number})" for name, number in votes.others.items())
            why = f"{candidate!r} was compared with {told}, and {replaced!r} answers now"
        else:
            why = f"nobody has compared {candidate!r} with {replaced!r}, which answers now"
        raise OperatorError(f"{why}; {begin}. {hint}")
    tested = said.tested
    counted = f"{tested.preferences} choices by {tested.people} people on whose data nothing is trained"
    if tested.verdict == "open":
        raise OperatorError(
            f"the votes do not say yet whether {candidate!r} is better than {replaced!r}: there are {counted}, and"
            f" about {said.more} more of theirs are needed if it truly wins {said.rule.worthwhile:.0%}."
            f" Those are about a tenth of all people. {hint}"
        )
    if tested.verdict != "better":
        words = "is not better by enough" if tested.verdict == "not-better" else "cannot be told from it"
        raise OperatorError(
            f"{candidate!r} {words}, by the votes against {replaced!r} ({counted}). Train another candidate; further"
            f" votes about this one change nothing. {hint}"
        )


def _require_unended(session: Session, candidate: str) -> None:
    """Raise OperatorError if a candidate was rolled back before."""
    ended = [one for one in promotions.all_promotions(session) if one.candidate == candidate and one.ended_at]
    if ended:
        raise OperatorError(
            f"{candidate!r} was rolled back on {ended[-1].ended_at:%Y-%m-%d}: {ended[-1].why}. If it may answer again"
            ' all the same, say why: --because "…"'
        )


def _community_ids(session: Session, named: Sequence[str]) -> Sequence[str]:
    """The ids of communities. Raises OperatorError for one that is not known."""
    found = []
    for name in named:
        platform, _, community = name.partition(":")
        id = identities.known_community(session, Place(platform, community, ""))
        if id is None:
            raise OperatorError(
                f"there is no community {name!r} yet; write it as PLATFORM:ID, with the id that it has there"
            )
        found.append(id)
    return found


def _wider(before: PromotionReach | None, share: float, ids: Sequence[str]) -> PromotionReach:
    """A reach with these communities beside those that it has already. Raises OperatorError if that are no more."""
    if before is None:
        return PromotionReach(share, communities=tuple(dict.fromkeys(ids)))
    if share and share < before.share:
        raise OperatorError(
            f"it answers {reach_in_words(before)} already, and can only be widened; `parley rollback` ends it"
        )
    wider = replace(
        before, share=max(before.share, share), communities=tuple(dict.fromkeys((*before.communities, *ids)))
    )
    if wider == before:
        raise OperatorError(f"it answers {reach_in_words(before)} already")
    return wider


def _told(said: PromotionEvidence | None) -> str:
    if said is None:
        return ""
    rate = said.win_rate
    won = f", wins {rate.value:.1%} ({rate.low:.1%} to {rate.high:.1%})" if rate else ""
    return f"arena {said.tested.verdict} after {said.tested.preferences} choices by {said.tested.people} people{won}"
