"""core.labeling.rules.agreement: Krippendorff's alpha by its classic table and by its properties."""

import pytest

from core.labeling.rules.agreement import SharedItems, agreement

# Four raters, twelve units: the table of Krippendorff's Computing Krippendorff's Alpha-Reliability (2011).
RATERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
UNITS = [[float(value) for value in unit if value is not None] for unit in zip(*RATERS, strict=True)]


@pytest.mark.parametrize(("scale", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_the_classic_table(scale: str, alpha: float) -> None:
    found = agreement(UNITS, scale)  # type: ignore[arg-type]
    assert found
    assert found.alpha == pytest.approx(alpha, abs=5e-4)
    assert (found.items, found.ratings, found.enough) == (11, 40, False)


def test_full_agreement_and_its_opposite() -> None:
    same = agreement([[0.0, 0.0], [1.0, 1.0]], "nominal")
    assert same
    assert (same.alpha, same.raw, same.prevalence) == (1, 1, 0.5)
    opposite = agreement([[0.0, 1.0], [1.0, 0.0]], "nominal")
    assert opposite
    assert opposite.alpha is not None
    assert opposite.alpha < 0
    assert opposite.raw == 0


def test_where_all_say_the_same_chance_cannot_be_told_apart() -> None:
    found = agreement([[0.0, 0.0]] * 40, "nominal")
    assert found
    assert (found.alpha, found.raw, found.enough) == (None, 1, True)


def test_a_rare_flag_shows_why_alpha_alone_misleads() -> None:
    found = agreement([[0.0, 0.0]] * 98 + [[1.0, 0.0], [0.0, 1.0]], "nominal")
    assert found
    assert found.alpha is not None
    assert found.alpha < 0.05
    assert found.raw == pytest.approx(0.98)
    assert found.prevalence == pytest.approx(0.01)


def test_what_nobody_rated_twice_tells_nothing() -> None:
    assert agreement([], "nominal") is None
    assert agreement([[1.0], []], "interval") is None


def test_agreement_is_told_by_language_and_label_where_enough_was_judged_twice() -> None:
    together = SharedItems()
    for number in range(40):
        spam = float(number % 2)
        together.note("en", [{"spam": spam, "quality": 0.5}, {"spam": spam}])
    together.note("es", [{"spam": 0.0}, {"spam": 1.0}])
    assert [(lang, name, one.alpha, one.items) for lang, name, one in together.agreements()] == [
        ("en", "spam", 1.0, 40)
    ]
