"""No tree and no author is ever on both sides of a split, also when more has been written."""

from collections.abc import Sequence
from random import Random

import pytest

from core.dataset.export.consent import pruned
from core.dataset.export.counts import ExportCounts
from core.dataset.export.nodes import ExportedMessage
from core.dataset.export.split import SIDES, DataSplit, SplitSide
from tests.dataset.nodes import from_file, labeled, node


def trees(number: int, seed: int = 3) -> list[ExportedMessage]:
    """Trees by 60 people, models, and people of another installation; the first ones are the same for each number."""
    found: list[ExportedMessage] = []
    dice = Random(seed)
    for n in range(number):
        for depth, id in enumerate((f"t{n}", f"t{n}b", f"t{n}bc")):
            person, kind = f"person {dice.randrange(60)}", dice.randrange(4)
            values = {"tree_id": f"t{n}", "parent_id": id[:-1] if depth else None}
            if kind == 0:
                found.append(labeled(id, depth, person_id=None, synthetic=True, **values))
            elif kind == 1:
                found.append(from_file(id, depth, author=person, **values))
            else:
                found.append((labeled if kind == 2 else node)(id, depth, person_id=person, **values))
    return found


def side(nodes: Sequence[ExportedMessage], name: SplitSide, key: str = "") -> list[ExportedMessage]:
    return list(pruned(iter(nodes), DataSplit(name, 0.3, key).refuse, ExportCounts()))


def authors(nodes: Sequence[ExportedMessage]) -> set[str]:
    return {one.person_id or one.author for one in nodes} - {""}


@pytest.mark.parametrize("key", ["", "pepper"])
def test_nobody_and_nothing_is_on_both_sides_now_or_later(key: str) -> None:
    now, later = trees(200), trees(400)
    assert later[: len(now)] == now
    train, validation = (side(now, name, key) for name in SIDES)
    assert train
    assert validation
    for name, others in (("train", validation), ("validation", train)):
        for one in (side(now, name, key), side(later, name, key)):  # type: ignore[arg-type]
            assert not {node.tree_id for node in one} & {node.tree_id for node in others}
            assert not authors(one) & authors(others)
    for name, before in zip(SIDES, (train, validation), strict=True):
        assert side(later, name, key)[: len(before)] == before


def test_the_share_is_about_what_is_asked_for() -> None:
    prompts = [labeled(f"t{n}", person_id=f"person {n}") for n in range(2000)]
    assert 0.27 < len(side(prompts, "validation")) / 2000 < 0.33
    assert len(side(prompts, "validation")) + len(side(prompts, "train")) == 2000


def test_another_key_makes_another_split() -> None:
    assert side(trees(50), "validation", "a") != side(trees(50), "validation", "b")


def test_what_is_left_out_is_told() -> None:
    counts = ExportCounts()
    kept = list(pruned(iter(trees(100)), DataSplit("train", 0.3).refuse, counts))
    assert counts.left_out.total() == 300 - len(kept)
    assert counts.left_out["other-side"]
