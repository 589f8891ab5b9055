"""Labeled trees in a database, for tests of the export."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from core.labeling.rules.defaults import TreeLimits
from core.labeling.rules.task_answer import TaskAnswer
from core.labeling.rules.vocabulary import ReviewMode, TreeState, WorkKind
from core.messages import Place, User
from core.store import identities, people
from core.store.labeling_tables import (
    FlagRow,
    RankingRow,
    ReviewRow,
    TaskRow,
    TreeMessageRow,
    TreeRow,
    TreeVoteRow,
    WorkItemRow,
)
from tests.dataset.people import TERMS

SQUARE = Place("paper", "server", "square")
BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(slots=True)
class Grove:
    """Trees grow here: every message is accepted, and later than the one before. People have the ids that they are
    given."""

    session: Session
    planted: int = 0

    def person(self, name: str, *, agreed: bool = True) -> str:
        person_id = identities.scene(self.session, SQUARE, User(name, name)).person_id
        people.agree(self.session, person_id, TERMS, agreed)
        return person_id

    @property
    def community(self) -> str:
        return identities.community(self.session, SQUARE)

    def tree(self, tree_id: str, person_id: str | None, state: TreeState = "ready_for_export", **values: Any) -> None:
        """A tree with its prompt, which has its id."""
        row = TreeRow(
            id=tree_id,
            lang="en",
            state=state,
            limits=asdict(TreeLimits(num_required_rankings=2)),
            origin=values.pop("origin", ""),
            relaxed=values.pop("relaxed", None),
        )
        self.session.add(row)
        self.session.flush()
        self.message(tree_id, tree_id, None, person_id, **values)

    def message(
        self, message_id: str, tree_id: str, parent_id: str | None, person_id: str | None, **values: Any
    ) -> None:
        self.planted += 1
        parent = self.session.get(TreeMessageRow, parent_id) if parent_id else None
        depth = parent.depth + 1 if parent else 0
        fields: Mapping[str, Any] = {
            "platform": "paper" if person_id else "",
            "source": "form" if person_id else "",
            "role": "assistant" if depth % 2 else "prompter",
            "text": f"text of {message_id}",
            "lang": "en",
            "review_result": True,
            "synthetic": person_id is None,
            "model": "" if person_id else "tiny",
            "created_at": BEGIN + timedelta(minutes=self.planted),
        }
        row = TreeMessageRow(
            id=message_id,
            tree_id=tree_id,
            parent_id=parent_id,
            person_id=person_id,
            depth=depth,
            **{**fields, **values},
        )
        self.session.add(row)
        self.session.flush()

    def review(self, person_id: str, message_id: str, mode: ReviewMode = "full", **labels: float) -> None:
        self.session.add(
            ReviewRow(
                person_id=person_id, message_id=message_id, labels=labels, mode=mode, platform="paper", source="form"
            )
        )

    def rank(self, person_id: str, parent_id: str, *groups: list[str]) -> None:
        shown = sorted(id for group in groups for id in group)
        self.session.add(
            RankingRow(
                person_id=person_id,
                parent_id=parent_id,
                groups=list(groups),
                shown=shown,
                platform="paper",
                source="form",
            )
        )

    def thumb(self, person_id: str, message_id: str, value: int) -> None:
        self.session.add(
            TreeVoteRow(person_id=person_id, message_id=message_id, value=value, platform="paper", source="reaction")
        )

    def skip(self, person_id: str, message_id: str, kind: WorkKind, answer: TaskAnswer) -> None:
        """Let somebody skip a task about a message."""
        item = WorkItemRow(tree_id=message_id[:1], message_id=message_id, kind=kind, lang="en", need=2, rnd=0.5)
        self.session.add(item)
        self.session.flush()
        task = TaskRow(person_id=person_id, item_id=item.id, kind=kind, lang="en", state="skipped", answer=answer)
        task.platform, task.source = "paper", "form"
        self.session.add(task)

    def flag(self, person_id: str, message_id: str, *labels: str) -> None:
        self.session.add(
            FlagRow(
                person_id=person_id,
                message_id=message_id,
                labels=list(labels),
                community_id=self.community,
                source="form",
            )
        )
