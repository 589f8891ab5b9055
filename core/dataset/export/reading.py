"""Reads what is exported: every message, past the consent gate and the operator's selection, into rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any

from core.dataset.export import chats, labeled_trees
from core.dataset.export.best_replies import BestReplies
from core.dataset.export.consent import ConsentGate, pruned
from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.options import ExportOptions
from core.dataset.export.pieces import ExportPieces
from core.dataset.export.queries import FetchUnit, count
from core.dataset.export.selection import SPAM
from core.errors import OperatorError

Progress = Callable[[int, int], None]
"""A callback with the number of messages examined and the total. It is called from a worker thread."""

Rows = Callable[[Iterator[ExportedMessage], ExportOptions, ExportCounts, FetchUnit], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """An export format: how its rows (or pieces of text) are made.

    `takes` names the options that only some formats have and this one accepts. `usual` are the default bounds for the
    labels of trees. With `careful`, messages that several people call harmful are left out. With `once`, a chat message
    that was given to a labeled tree is exported from the tree only. With `whole`, a row is a tree in several pieces.
    """

    rows: Rows
    takes: frozenset[str]
    usual: Mapping[str, float] = field(default_factory=lambda: SPAM)
    careful: bool = False
    once: bool = True
    whole: bool = False


@dataclass(frozen=True, slots=True)
class ExportReading:
    """One export: what is read in which format, and the counts of it."""

    fetch: FetchUnit
    format: ExportFormat
    options: ExportOptions
    progress: Progress | None
    pieces: ExportPieces
    counts: ExportCounts = field(default_factory=ExportCounts)

    def rows(self) -> Iterator[Any]:
        """Yield the rows, at most as many as are wanted. Raises OperatorError if there is nobody as asked for."""
        format, limit = self.format, self.options.limit
        usual = {name: bound for name, bound in format.usual.items() if name != "spam" or not self.options.spam}
        choice = replace(self.options.choice, usual=usual, careful=format.careful)
        options = replace(self.options, choice=choice)
        wanted = self._wanted(options)
        if format.whole:
            return format.rows(_first_trees(wanted, limit), options, self.counts, self.fetch)
        return islice(format.rows(wanted, options, self.counts, self.fetch), limit)

    def _wanted(self, options: ExportOptions) -> Iterator[ExportedMessage]:
        """The messages that may be exported and are wanted, each after the one above it."""
        counts = self.counts
        nodes = ConsentGate(options.terms, options.switches).admit(self._examined(), counts)
        if self.format.once and options.what == "both":
            nodes = pruned(nodes, lambda node: "given" if node.given else "", counts)
        if options.split:
            nodes = pruned(nodes, options.split.refuse, counts)
        if options.held_out:
            nodes = options.held_out.admit(nodes, counts)
        nodes = pruned(nodes, options.choice.refuse, counts)
        if options.choice.top is not None:
            nodes = pruned(nodes, BestReplies(options.choice.top).refuse, counts)
        return counts.reviewed.watch(nodes) if options.watched else nodes

    def _examined(self) -> Iterator[ExportedMessage]:
        options = self.options
        if options.what != "chats" and "trees" in self.format.takes:
            states = self.fetch(labeled_trees.by_state)
            passed = {state: n for state, n in states.items() if state not in (options.states or states)}
            self.counts.passed_over.update(passed)
        nodes = self._stored()
        if options.choice.user:
            theirs = self._trees_of_the_user()
            nodes = (node for node in nodes if node.tree_id in theirs)
        return self._watched(nodes, self.progress) if self.progress else nodes

    def _trees_of_the_user(self) -> set[str]:
        choice = self.options.choice
        found = {node.tree_id for node in self._stored() if choice.is_theirs(node)}
        if not found:
            raise OperatorError(
                f"nobody with the id {choice.user!r} wrote anything of this kind here; an id from another export is"
                " known only with the same --anonymizer-seed"
            )
        return found

    def _stored(self) -> Iterator[ExportedMessage]:
        walks = []
        if "tree_message" in self._tables():
            walks.append(labeled_trees.walk(self.fetch, self.options.states, self.pieces))
        if "message" in self._tables():
            walks.append(chats.walk(self.fetch, self.pieces))
        names = self.options.models
        for node in chain(*walks):
            own = "" if node.from_file or not node.model else names.true_name(node.model, node.created_at)
            yield replace(node, model=own) if own and own != node.model else node

    def _tables(self) -> list[str]:
        what = self.options.what
        trees = what != "chats" and "trees" in self.format.takes
        return ["tree_message"] * trees + ["message"] * (what != "trees")

    def _watched(self, nodes: Iterator[ExportedMessage], progress: Progress) -> Iterator[ExportedMessage]:
        total, done = self.fetch(count(*self._tables())), 0
        for done, node in enumerate(nodes, 1):
            yield node
            if done % self.pieces.step == 0:
                progress(done, max(done, total))
        progress(done, done)


def _first_trees(nodes: Iterator[ExportedMessage], most: int | None) -> Iterator[ExportedMessage]:
    """Yield the nodes of the first trees, and stop at the next one."""
    trees = 0
    for node in nodes:
        trees += node.depth == 0
        if most is not None and trees > most:
            return
        yield node
