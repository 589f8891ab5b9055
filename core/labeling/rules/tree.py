"""The rules of a message tree: its state, the work it needs from people, and its next state. No database here.

This is Open Assistant's state machine with its constants (docs/reference/open-assistant.md 1.5 to 1.9), but with its
faults fixed: a parent whose children were all rejected can be answered again, and a tree that needs nobody any more
moves on by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from core.labeling.rules.defaults import TreeLimits
from core.labeling.rules.vocabulary import TERMINAL, WAITING, MessageRole, ReviewResult, TreeState, WorkKind


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A message of a tree.

    `reviews` counts the finished reviews, `extra` the reviews asked for beyond the usual because votes were split.
    `rankings` counts the finished rankings of its children, `extra_rankings` the rankings asked for beyond the usual
    because no child is clearly the best. `ended` says that somebody found no further question natural below it.
    `synthetic` marks a model's message: it is ranked, but takes up no room, and nobody is asked to continue it.

    `reviewers`, `rankers` and `repliers` count the people who are here and could still review it, rank its children,
    or reply to it. None means more than enough; otherwise nothing waits for more people than there are.
    """

    id: str
    parent_id: str | None
    role: MessageRole
    review: ReviewResult = "waiting"
    deleted: bool = False
    reviews: int = 0
    extra: int = 0
    rankings: int = 0
    ended: bool = False
    synthetic: bool = False
    extra_rankings: int = 0
    reviewers: int | None = None
    rankers: int | None = None
    repliers: int | None = None

    @property
    def live(self) -> bool:
        """Whether it counts, or may still come to count."""
        return not self.deleted and self.review != "rejected"

    @property
    def accepted(self) -> bool:
        """Whether it counts."""
        return not self.deleted and self.review == "accepted"


@dataclass(frozen=True, slots=True)
class WantedWork:
    """Work that a tree has for people: its kind, its message, and how many more people are needed.

    The message is the one to label, the parent to answer, or the parent whose children are to be ranked.
    """

    kind: WorkKind
    message_id: str
    need: int


@dataclass(frozen=True)
class MessageTree:
    """A tree with its limits. The first node is the root, and each parent comes before its children.

    Imported trees may have 10,000 messages, so what is asked of each of them is computed once.
    """

    state: TreeState
    nodes: tuple[TreeNode, ...]
    limits: TreeLimits = field(default_factory=TreeLimits)

    @property
    def root(self) -> TreeNode:
        return self.nodes[0]

    def children(self, parent_id: str) -> Sequence[TreeNode]:
        """Return the live replies to a message whose ancestors are all live as well."""
        return self._children.get(parent_id, ())

    @cached_property
    def reachable(self) -> Sequence[TreeNode]:
        """The live nodes whose ancestors are all live: what hangs below a rejected reply is lost with it."""
        found: dict[str, TreeNode] = {}
        for node in self.nodes:
            if node.live and (node.parent_id is None or node.parent_id in found):
                found[node.id] = node
        return list(found.values())

    def depth(self, node: TreeNode) -> int:
        """Return how many steps a node is from the root, which has depth 0."""
        return self._depths[node.id]

    @cached_property
    def _children(self) -> Mapping[str, Sequence[TreeNode]]:
        found: dict[str, list[TreeNode]] = {}
        for node in self.reachable:
            if node.parent_id is not None:
                found.setdefault(node.parent_id, []).append(node)
        return found

    @cached_property
    def _depths(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for node in self.nodes:
            found[node.id] = 0 if node.parent_id is None else found[node.parent_id] + 1
        return found


def following(tree: MessageTree) -> TreeState:
    """Return the state that a tree reaches by itself from what is in it now."""
    state = tree.state
    while (after := _next(tree, state)) != state:
        state = after
    return state


def wanted(tree: MessageTree) -> Sequence[WantedWork]:
    """Return the work that a tree needs from people in its state."""
    match tree.state:
        case "initial_prompt_review":
            return list(_reviews(tree, [tree.root]))
        case "growing":
            return [*_reviews(tree, tree.reachable), *_replies(tree)]
        case "ranking":
            return list(_rankings(tree))
    return ()


def _next(tree: MessageTree, state: TreeState) -> TreeState:
    root = tree.root
    if state in TERMINAL or state in WAITING:
        return state
    if root.deleted:
        return "halted_by_moderator"
    match state:
        case "initial_prompt_review" if root.review == "accepted":
            return "prompt_lottery_waiting"
        case "initial_prompt_review" if root.review == "rejected":
            return "aborted_low_grade"
        case "growing":
            return _grown(tree)
        case "ranking" if not list(_rankings(tree)):
            return "ready_for_scoring"
    return state


def _grown(tree: MessageTree) -> TreeState:
    if not any(node.accepted for node in tree.nodes):
        return "halted_by_moderator"
    # It is as large as it should be, or nobody can add to it because every branch has ended.
    if any(node.review == "waiting" for node in tree.reachable) or list(_replies(tree)):
        return "growing"
    return "ranking"


def _reviews(tree: MessageTree, nodes: Sequence[TreeNode]) -> Iterator[WantedWork]:
    limits = tree.limits
    for node in nodes:
        if node.review != "waiting" or node.deleted:
            continue
        is_root = node.parent_id is None
        kind: WorkKind = "label_initial_prompt" if is_root else REVIEWED[node.role]
        usual = limits.num_reviews_initial_prompt if is_root else limits.num_reviews_reply
        # While nothing is decided, at least one is always wanted: a reviewer's data may have been deleted.
        yield WantedWork(kind, node.id, max(at_most(usual + node.extra - node.reviews, node.reviewers), 1))


def _replies(tree: MessageTree) -> Iterator[WantedWork]:
    limits = tree.limits
    left = limits.goal_tree_size - sum(not node.synthetic for node in tree.reachable)
    if left <= 0:
        return
    for node in tree.reachable:
        if node.ended or not node.accepted or tree.depth(node) >= limits.max_tree_depth:
            continue
        most = limits.max_children_count if node.role == "prompter" else limits.num_prompter_replies
        children = tree.children(node.id)
        room = min(most - sum(not child.synthetic for child in children), left)
        if at_most(room, node.repliers) > 0 and (children or not node.synthetic):
            yield WantedWork("assistant_reply" if node.role == "prompter" else "prompter_reply", node.id, room)


def _rankings(tree: MessageTree) -> Iterator[WantedWork]:
    limits = tree.limits
    for node in to_rank(tree):
        missing = at_most(limits.num_required_rankings + node.extra_rankings - node.rankings, node.rankers)
        if missing > 0:
            yield WantedWork(RANKED[node.role], node.id, missing)


def to_rank(tree: MessageTree) -> Iterator[TreeNode]:
    """Yield the messages that have several accepted replies of a kind that is ranked."""
    for node in tree.reachable:
        ranked = node.role == "prompter" or tree.limits.rank_prompter_replies
        if ranked and sum(child.accepted for child in tree.children(node.id)) > 1:
            yield node


def is_short_of_people(tree: MessageTree) -> bool:
    """Return whether more replies would be wanted if there were people to write them."""
    crowd = tuple(replace(node, repliers=None) for node in tree.nodes)
    return any(True for _ in _replies(replace(tree, nodes=crowd)))


def at_most(need: int, people: int | None) -> int:
    """Return how many people something needs, but no more than there are; None means more than enough."""
    return need if people is None else min(need, people)


REVIEWED: Mapping[MessageRole, WorkKind] = {"prompter": "label_prompter_reply", "assistant": "label_assistant_reply"}
RANKED: Mapping[MessageRole, WorkKind] = {"prompter": "rank_assistant_replies", "assistant": "rank_prompter_replies"}
"""The kind of ranking below a message of each role."""


@dataclass(frozen=True, slots=True)
class ReviewVerdict:
    """The outcome of a message's reviews: `score` goes from -1 to 1, `split` asks for one more review."""

    review: ReviewResult
    score: float
    split: bool = False


@dataclass(frozen=True, slots=True)
class ReviewNeeds:
    """How many reviews decide on a message, and the score above which it is accepted.

    `extra` reviews were asked for beyond the `usual` because votes were split, of at most `most_extra`. `reviewers` is
    how many people are left who could review it; None means more than enough.
    """

    usual: int
    threshold: float
    extra: int = 0
    most_extra: int = 0
    reviewers: int | None = None


def judged(reviews: Sequence[tuple[Mapping[str, float], float]], needs: ReviewNeeds) -> ReviewVerdict:
    """Decide on a message from its reviews, each given as its labels and its weight.

    It is accepted if 1 - (mean spam + mean lang_mismatch) > threshold (docs/reference/open-assistant.md 1.11), with
    weighted means. An unanswered lang_mismatch counts as 0. If the votes on one of the two labels are so split that one
    more person could reverse the decision, one more review is asked for, at most `most_extra` times.
    """
    whole = sum(weight for _, weight in reviews)
    if not whole and needs.reviewers == 0:
        # There is nobody else to ask, so all votes count alike.
        reviews, whole = [(labels, 1.0) for labels, _ in reviews], len(reviews)
    if not whole:
        return ReviewVerdict("waiting", 0.0)
    bad = {name: sum(w * labels.get(name, 0.0) for labels, w in reviews) / whole for name in ("spam", "lang_mismatch")}
    score = 1 - sum(bad.values())
    if at_most(needs.usual + needs.extra - len(reviews), needs.reviewers) > 0:
        return ReviewVerdict("waiting", score)
    turned = (1 - (sum(bad.values()) * len(reviews) + vote) / (len(reviews) + 1) for vote in (0.0, 1.0))
    accepted = score > needs.threshold
    undecided = any((one > needs.threshold) != accepted for one in turned)
    more = at_most(needs.most_extra - needs.extra, needs.reviewers) > 0
    if undecided and more and any(0 < share < 1 for share in bad.values()):
        return ReviewVerdict("waiting", score, split=True)
    return ReviewVerdict("accepted" if accepted else "rejected", score)
