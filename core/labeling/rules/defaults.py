"""The numbers that labeling works with: how many reviews and rankings, how long a task is kept, how a task is drawn.

They are defaults, which `tasks.limits` and `tasks.weights` in the settings override. A number that Open Assistant has,
too, bears its name there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from core.labeling.rules.vocabulary import TaskKind, WorkKind

WEIGHTS: Mapping[WorkKind, float] = {
    "rank_assistant_replies": 10,
    "rank_prompter_replies": 10,
    "label_assistant_reply": 5,
    "label_prompter_reply": 5,
    "label_initial_prompt": 5,
    "assistant_reply": 2,
    "prompter_reply": 2,
    "initial_prompt": 0.01,
}
"""How often each kind of task is drawn if somebody leaves the choice to us (docs/reference/open-assistant.md 1.8)."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TreeLimits:
    """The limits that a tree gets when it is created, under Open Assistant's names; later changes do not affect it.

    A tree with the defaults can be finished by thirty people. `OPEN_ASSISTANT_TREES` has the original's figures.
    """

    max_tree_depth: int = 3
    max_children_count: int = 2
    num_prompter_replies: int = 1
    goal_tree_size: int = 6
    num_reviews_initial_prompt: int = 2
    num_reviews_reply: int = 2
    acceptance_threshold_initial_prompt: float = 0.6
    acceptance_threshold_reply: float = 0.6
    num_required_rankings: int = 3
    rank_prompter_replies: bool = False
    max_extra_reviews: int = 2
    max_extra_rankings: int = 4


OPEN_ASSISTANT_TREES = TreeLimits(
    max_children_count=3,
    goal_tree_size=12,
    num_reviews_initial_prompt=3,
    num_reviews_reply=3,
    num_required_rankings=3,
    max_extra_reviews=0,
    max_extra_rankings=0,
)
TREE_PROFILES: Mapping[str, TreeLimits] = {"small": TreeLimits(), "open-assistant": OPEN_ASSISTANT_TREES}


@dataclass(frozen=True, slots=True)
class LabelingRules:
    """The settings. The defaults are for a community of thirty people; `OPEN_ASSISTANT` has the original's figures.

    Trees: `limits` are copied into each tree when it is created. As many trees grow at once in a language as people are
    active in it, within `min_active_trees` and `max_active_trees`. As many prompts are kept in reserve, of which an
    author has at most `max_prompts_per_author`. No prompts are wanted while `max_initial_prompt_review` are under
    review or `max_prompt_lottery_waiting` wait.
    `auto_mod_red_flags` reports abort a prompt's tree or hide a reply; when `auto_mod_max_skip_reply` people have
    skipped replying to a message, its tree is halted. With `trust_weights`, votes are weighted by the voters'
    reliability.

    Tasks: `lease` is how long a task is kept for a person, by the first part of its kind. A later answer still counts
    within `late`. `later` is when a task that was put off comes back. A tree that has waited for `patience` is decided
    by the people who came. `undo` is the time in which an answer can be taken back. The first `gold_first` items of a
    kind are gold items, to learn from; after that, one in `gold_every` is. From `many` active people on, nobody gives
    more than `most_share` of the reviews in a language, or twice the average if that is more.

    Forms: with `draw_label_form`, chance decides who judges a message in the whole form and who in the short one. The
    probabilities of the whole form have Open Assistant's names and values.
    """

    limits: TreeLimits = field(default_factory=TreeLimits)
    max_active_trees: int = 10
    min_active_trees: int = 3
    max_prompts_per_author: int = 3
    max_initial_prompt_review: int = 100
    max_prompt_lottery_waiting: int = 250
    p_activate_backlog_tree: float = 0.1
    min_active_rankings_per_lang: int = 3
    lonely_children_count: int = 2
    p_lonely_child_extension: float = 0.75
    auto_mod_enabled: bool = True
    auto_mod_red_flags: int = 3
    auto_mod_max_skip_reply: int = 25
    trust_weights: bool = True
    weights: Mapping[WorkKind, float] = field(default_factory=lambda: WEIGHTS)
    message_size_limit: int = 2000
    duplicate_window: timedelta = timedelta(minutes=120)
    max_pending_tasks: int = 8
    recent_tasks_span: timedelta = timedelta(minutes=5)
    tasks_per_window: int = 30
    window: timedelta = timedelta(minutes=4)
    lease: Mapping[str, timedelta] = field(
        default_factory=lambda: {"label": 10 * MINUTE, "rank": 20 * MINUTE, "write": 120 * MINUTE}
    )
    late: timedelta = timedelta(days=7)
    later: timedelta = timedelta(hours=24)
    patience: timedelta = timedelta(days=7)
    undo: timedelta = timedelta(minutes=5)
    gold_first: int = 5
    gold_every: int = 20
    most_share: float = 0.2
    many: int = 5
    draw_label_form: bool = False
    p_full_labeling_review_prompt: float = 1.0
    p_full_labeling_review_reply_assistant: float = 1.0
    p_full_labeling_review_reply_prompter: float = 0.25
    score: str = "agreement"

    def lease_of(self, kind: TaskKind) -> timedelta:
        """Return how long a task of a kind is kept for a person."""
        first = kind.partition("_")[0]
        return self.lease[first if first in self.lease else "write"]


OPEN_ASSISTANT = LabelingRules(
    limits=OPEN_ASSISTANT_TREES,
    auto_mod_red_flags=4,
    min_active_rankings_per_lang=0,
    score="open-assistant",
    gold_first=0,
    gold_every=0,
    trust_weights=False,
)
PROFILES: Mapping[str, LabelingRules] = {"small": LabelingRules(), "open-assistant": OPEN_ASSISTANT}
