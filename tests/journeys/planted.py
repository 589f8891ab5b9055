"""Trees for journeys of labeling, grown by people who are not there any more: one to judge, one to rank, a prompt."""

from collections.abc import Sequence
from dataclasses import asdict
from random import Random

from sqlmodel import Session

from core.labeling.rules.defaults import LabelingRules, TreeLimits
from core.labeling.rules.vocabulary import MessageRole, TreeState
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.store.engine.database import connect
from core.store.labeling_tables import TreeMessageRow, TreeRow
from core.store.tables import now

RULES = LabelingRules(gold_every=0)
"""The usual ones, without items to learn on, which a journey would have to answer first."""

TALK = (
    "How do I begin with a garden behind a small house in the north?",
    "Begin with the soil: see whether it holds water, and dig in compost before the winter.",
    "And what can I sow in March?",
    "Broad beans, spinach and radishes stand some frost; keep the rest in the house until May.",
    "Slugs ate everything last year. What can I do about them without poison?",
)
"""Longer than a card shows at once."""

TO_JUDGE = (
    "Collect them in the evening, and let a pair of ducks into the garden.",
    "Pour salt on all beds, twice a week.",
    "Lay boards between the rows and turn them over each morning.",
)
SKY = "Why is the sky blue, and why is it red in the evening?"
TO_RANK = (
    "Air scatters blue light more than red light does.",
    "The sea is reflected in the air above it.",
    "Nobody knows exactly why this is so.",
    "Blue light is scattered by small particles; in the evening its way is long and only red is left.",
)
PROMPT = "Explain to a child why ships of iron do not sink."


async def plant(url: str, answers: int = 3) -> None:
    """Plant all of it; `answers` is the number of answers to be ranked."""
    store = connect(url)
    await store.write(lambda session: _tree(session, "judged", TALK, TO_JUDGE, None))
    await store.write(lambda session: _tree(session, "ranked", (SKY,), TO_RANK[:answers], True))
    await store.write(lambda session: _tree(session, "prompt", (PROMPT,), (), None))
    await store.close()


def _tree(session: Session, id: str, talk: Sequence[str], answers: Sequence[str], review: bool | None) -> None:
    """A conversation in turns with answers to its last; `review` is what came of the newest messages of it."""
    size = len(talk) + len(answers)
    limits = TreeLimits(max_tree_depth=len(talk), max_children_count=max(len(answers), 1), goal_tree_size=size)
    state: TreeState = "growing" if answers else "initial_prompt_review"
    session.add(TreeRow(id=id, lang="en", state=state, limits=asdict(limits)))
    session.flush()
    above = None
    for depth, text in enumerate(talk):
        above = _message(session, id, above, text, depth, bool(answers) or review)
    for number, text in enumerate(answers):
        _message(session, id, above, text, len(talk), review, f"{id}-answer-{number}")
    TreeLifecycle(RULES, Random(1)).settle(session, id, now())


def _message(
    session: Session, tree_id: str, above: str | None, text: str, depth: int, review: bool | None, id: str = ""
) -> str:
    role: MessageRole = "assistant" if depth % 2 else "prompter"
    made = TreeMessageRow(
        id=id or (f"{tree_id}-{depth}" if depth else tree_id),
        tree_id=tree_id,
        parent_id=above,
        role=role,
        text=text,
        lang="en",
        depth=depth,
        review_result=review or None,
    )
    session.add(made)
    session.flush()
    return made.id
