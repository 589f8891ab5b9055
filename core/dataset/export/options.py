"""The options that the operator gives for an export."""

from dataclasses import dataclass, field
from typing import Literal

from core.dataset.export.annotations import PseudonymIds
from core.dataset.export.consent import ExportSwitches
from core.dataset.export.held_out import HeldOut
from core.dataset.export.provenance import ProvenanceWriter
from core.dataset.export.selection import ExportSelection
from core.dataset.export.split import DataSplit
from core.store.model_names import ModelNames

What = Literal["trees", "chats", "both"]
READY = ("ready_for_export",)

Mode = Literal["best_vs_worst", "adjacent", "all"]
MODES: tuple[Mode, ...] = ("best_vs_worst", "adjacent", "all")
"""Which pairs of a common ranking make rows: the best with the worst, each with its neighbour, or all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """The options of an export.

    `terms` is the version of the terms that is in force. `seed` hides the ids, and `meta` adds where each row comes
    from. `states` selects labeled trees by state, None for all. `spam` lets in messages that are labeled as spam,
    `events` adds who said what, and `watched` measures how far reviewers agree. `split` is the side of a split that is
    wanted, `held_out` that of the one that training keeps for good, and `limit` the most rows. `models` gives the
    models' true names.
    """

    terms: str
    switches: ExportSwitches = field(default_factory=ExportSwitches)
    seed: str | None = None
    meta: bool = False
    what: What = "both"
    states: tuple[str, ...] | None = READY
    choice: ExportSelection = field(default_factory=ExportSelection)
    spam: bool = False
    events: bool = False
    mode: Mode = MODES[0]
    watched: bool = False
    split: DataSplit | None = None
    held_out: HeldOut | None = None
    limit: int | None = None
    models: ModelNames = field(default_factory=ModelNames)

    @property
    def ids(self) -> PseudonymIds:
        return PseudonymIds(self.seed)

    @property
    def told(self) -> ProvenanceWriter | None:
        """The writer of each row's provenance, or None if `meta` is off."""
        return ProvenanceWriter(self.ids, self.terms) if self.meta else None
