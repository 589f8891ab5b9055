"""Pairs of a better and a worse answer to one question, for TRL's DPO and reward trainers (docs/reference/labeling.md
3).

The pairs come from the rankings in labeled trees and, in chats, from answers that somebody chose over others, or that
got a thumb up from a person who gave the other answer a thumb down.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product

from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import ExportOptions, Mode
from core.dataset.export.provenance import ProvenanceWriter
from core.dataset.export.queries import FetchUnit
from core.dataset.export.selection import ExportSelection
from core.dataset.formats import kto
from core.dataset.formats.dialogue import to_each, turn, turns
from core.dataset.formats.oasst import Row
from core.labeling.rules.ranking_consensus import Group, WeightedRanking, consensus
from core.store.hot_path import PathMessage

CLEAR = 2 / 3 - 1e-9
"""The share of all votes by which one answer must lead the other."""


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """The answers to one question, and the question itself if it is in a labeled tree."""

    question: ExportedMessage | None
    nodes: Sequence[ExportedMessage]


@dataclass(frozen=True, slots=True)
class PreferencePair:
    """A better and a worse answer to the same question.

    `margin` is the lead as a share of all votes, or None if the ranks come from a file that does not give the votes.
    """

    chosen: ExportedMessage
    rejected: ExportedMessage
    votes: int
    margin: float | None


@dataclass(frozen=True, slots=True)
class CommonRanking:
    """A common ranking: groups from best to worst, and the share of the votes by which one answer leads another.

    `leads` is None if the votes are not known.
    """

    groups: Sequence[Group]
    leads: Mapping[tuple[str, str], float] | None
    votes: int

    def lead(self, better: str, worse: str) -> float | None:
        return None if self.leads is None else self.leads.get((better, worse), 0.0)


def rows(
    nodes: Iterator[ExportedMessage], options: ExportOptions, counts: ExportCounts, fetch: FetchUnit
) -> Iterator[Row]:
    """Yield a row for each pair: the prompt, the better answer and the worse one."""
    for pair, way in _told_pairs(nodes, options, counts, fetch):
        yield {"prompt": turns(way), **_sides(pair), **_meta(pair, way, options.told)}


def rewards(
    nodes: Iterator[ExportedMessage], options: ExportOptions, counts: ExportCounts, fetch: FetchUnit
) -> Iterator[Row]:
    """Yield the same rows as `rows`, but with the prompt in both sides."""
    for pair, way in _told_pairs(nodes, options, counts, fetch):
        sides = {name: [*turns(way), *side] for name, side in _sides(pair).items()}
        yield {**sides, **_meta(pair, way, options.told)}


def _told_pairs(
    nodes: Iterator[ExportedMessage], options: ExportOptions, counts: ExportCounts, fetch: FetchUnit
) -> Iterator[tuple[PreferencePair, Sequence[PathMessage]]]:
    for pair, way in to_each(clear(nodes, options, counts), lambda pair: pair.chosen, fetch):
        counts.rows += 1
        counts.note(pair.chosen)
        yield pair, way


def _sides(pair: PreferencePair) -> dict[str, list[dict[str, str]]]:
    return {
        "chosen": [turn("assistant", pair.chosen.text)],
        "rejected": [turn("assistant", pair.rejected.text)],
    }


def _meta(pair: PreferencePair, way: Sequence[PathMessage], meta: ProvenanceWriter | None) -> Row:
    if meta is None:
        return {}
    chosen, rejected = pair.chosen, pair.rejected
    # All pairs of one question share a group id: if they are shuffled over a data set, the model over-fits.
    group = meta.ids("message", chosen.parent_id or "")
    told = {"rejected_model_name": rejected.model, "n_votes": pair.votes, "margin": pair.margin, "group_id": group}
    return {"meta": meta.of(chosen, [*way, chosen, rejected], **told)}


def clear(nodes: Iterator[ExportedMessage], options: ExportOptions, counts: ExportCounts) -> Iterator[PreferencePair]:
    """Yield the pairs of answers in which one is clearly better."""
    choice = options.choice
    for answers in _groups(nodes, counts):
        found = [pair for pair in _of(answers, options.mode) if _wanted(pair, choice)]
        # An answer that is in a pair was not left out.
        counts.left_out["unpaired"] -= len({node.id for pair in found for node in (pair.chosen, pair.rejected)})
        yield from found
    # The unary plus drops reasons whose count has come down to zero.
    counts.left_out = +counts.left_out


def _wanted(pair: PreferencePair, choice: ExportSelection) -> bool:
    """Whether both answers are such as are wanted; of a person who is asked for, one of them is enough."""
    sides = (pair.chosen, pair.rejected)
    return any(map(choice.is_theirs, sides)) and all(map(replace(choice, user="").takes, sides))


def _groups(nodes: Iterator[ExportedMessage], counts: ExportCounts) -> Iterator[AnswerSet]:
    """Yield the answers to each question, grouped. Chat answers that nobody gave an opinion on are not kept."""
    open: dict[int, AnswerSet] = {}
    questions: dict[int, ExportedMessage] = {}
    for node in nodes:
        for depth in [depth for depth in sorted(open, reverse=True) if _over(open[depth], depth, node)]:
            yield open.pop(depth)
        if node.role != "assistant":
            if not node.chat:
                questions[node.depth] = node
            continue
        if kto.flagged(node):
            counts.left_out["flagged"] += 1
            continue
        counts.left_out["unpaired"] += 1
        if node.votes or node.picks or not node.chat:
            question = None if node.chat else questions[node.depth - 1]
            before = open[node.depth].nodes if node.depth in open else ()
            open[node.depth] = AnswerSet(question, [*before, node])
    for depth in sorted(open, reverse=True):
        yield open[depth]


def _over(answers: AnswerSet, depth: int, node: ExportedMessage) -> bool:
    """Whether no further answer to the same question can come."""
    return node.depth < depth or (node.depth == depth and answers.nodes[0].parent_id != node.parent_id)


def _of(answers: AnswerSet, mode: Mode) -> list[PreferencePair]:
    nodes = {node.id: node for node in answers.nodes}
    common = _common(answers.question, nodes) if answers.question else _chosen(nodes)
    if common is None:
        return []
    found = [
        PreferencePair(nodes[better], nodes[worse], common.votes, common.lead(better, worse))
        for better, worse in _ordered(common.groups, mode)
        if nodes[better].text != nodes[worse].text
    ]
    wide = [pair for pair in found if pair.margin is None or pair.margin >= CLEAR]
    return wide[:1] if mode == "best_vs_worst" else wide


def _ordered(groups: Sequence[Group], mode: Mode) -> Iterator[tuple[str, str]]:
    if len(groups) < 2:
        return
    of = {"best_vs_worst": [(groups[0], groups[-1])], "adjacent": pairwise(groups), "all": combinations(groups, 2)}
    for better, worse in of[mode]:
        yield from product(better, worse)


def _common(question: ExportedMessage, nodes: Mapping[str, ExportedMessage]) -> CommonRanking | None:
    """The consensus of people's rankings or, if there never were any, the ranks that came in a file."""
    given = [
        WeightedRanking(kept, not_rankable=ranks.not_rankable)
        for ranks in question.rankings
        if (kept := _among(ranks.groups, nodes)) or ranks.not_rankable
    ]
    if len(given) >= question.required:
        return _agreed(given)
    asked = next(iter(nodes.values())).above
    return _told(nodes) if asked and not asked.rankings else None


def _among(groups: Sequence[Group], nodes: Mapping[str, ExportedMessage]) -> tuple[Group, ...]:
    return tuple(kept for group in groups if (kept := tuple(id for id in group if id in nodes)))


def _told(nodes: Mapping[str, ExportedMessage]) -> CommonRanking:
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for node in nodes.values():
        if node.rank is not None and node.from_file:
            groups[node.rank].append(node.id)
    return CommonRanking([tuple(groups[rank]) for rank in sorted(groups)], None, 0)


def _chosen(nodes: Mapping[str, ExportedMessage]) -> CommonRanking | None:
    """The consensus of people's choices among the answers in a chat, each taken as a ranking."""
    picks = {(pick.person_id, pick.chosen_id, pick.rejected_id) for node in nodes.values() for pick in node.picks}
    given = [
        WeightedRanking(((better,), (worse,))) for _, better, worse in sorted(picks) if {better, worse} <= nodes.keys()
    ]
    thumbs: defaultdict[str, dict[int, list[str]]] = defaultdict(lambda: {1: [], -1: []})
    for node in nodes.values():
        for vote in node.votes:
            thumbs[vote.person_id][vote.value].append(node.id)
    choosers = {person_id for person_id, _, _ in picks}
    for person_id, by_value in sorted(thumbs.items()):
        # A person's choices say more than their thumbs, so the thumbs count only without choices.
        if by_value[1] and by_value[-1] and person_id not in choosers:
            given.append(WeightedRanking((tuple(by_value[1]), tuple(by_value[-1]))))
    return _agreed(given) if given else None


def _agreed(given: Sequence[WeightedRanking]) -> CommonRanking | None:
    found = consensus(given)
    if found is None:
        return None
    leads = {
        (better, worse): margin / sum(one.weight for one in given if _judges(one, better, worse))
        for (better, worse), margin in found.margins.items()
    }
    return CommonRanking(found.groups, leads, len(given))


def _judges(ranking: WeightedRanking, *ids: str) -> bool:
    """Whether a ranking says something about these answers, even if only that none of them is good."""
    return ranking.not_rankable or {id for group in ranking.groups for id in group} >= set(ids)
