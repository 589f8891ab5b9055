"""What the operator asks of an export."""

from dataclasses import dataclass, field
from typing import Literal

from core.dataset.export.annotations import Ids
from core.dataset.export.consent import Switches
from core.dataset.export.provenance import Meta
from core.dataset.export.selection import Choice

What = Literal["trees", "chats", "both"]
READY = ("ready_for_export",)

Mode = Literal["best_vs_worst", "adjacent", "all"]
MODES: tuple[Mode, ...] = ("best_vs_worst", "adjacent", "all")
"""Which pairs of a common ranking make rows: one, each with its neighbour, or all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`terms` is the version that is in force, `seed` hides the ids, `meta` adds where each row is from.

    `states` are those of labeled trees, None for all. `spam` lets in what is labeled as that, `events` adds who said
    what, and `watched` notes how far reviewers agree.
    """

    terms: str
    switches: Switches = field(default_factory=Switches)
    seed: str | None = None
    meta: bool = False
    what: What = "both"
    states: tuple[str, ...] | None = READY
    choice: Choice = field(default_factory=Choice)
    spam: bool = False
    events: bool = False
    mode: Mode = MODES[0]
    watched: bool = False

    @property
    def ids(self) -> Ids:
        return Ids(self.seed)

    @property
    def told(self) -> Meta | None:
        """What a row tells of where it is from, where that is wanted."""
        return Meta(self.ids, self.terms) if self.meta else None
