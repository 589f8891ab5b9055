"""The description of a file says what its reader must know."""

from core.dataset.export import dataset_card as card
from core.dataset.export.counts import ExportCounts, ReviewAgreement
from core.dataset.export.dataset_card import CardFacts
from tests.dataset.nodes import from_file, labeled, review

ABOUT = CardFacts("oasst-trees", "apache-2.0", "2", "0.1.0", {"--lang": "en, no", "ids": "hidden"})


def counted() -> ExportCounts:
    counts = ExportCounts(rows=2, messages=9)
    counts.left_out.update({"no-consent": 3, "below": 1})
    counts.ratings_left_out["no-consent"] = 2
    counts.passed_over["growing"] = 4
    for node in (
        labeled("a", lang="no"),
        labeled("ab", 1, relaxed={"num_reviews_reply": 1}),
        from_file("b", origin="a|paper", imported={"lang_from": "guess"}),
    ):
        counts.note(node)
    return counts


def test_a_section_says_what_a_reader_must_know() -> None:
    told = list(card.section("trees.jsonl", "abc", ABOUT, counted()))
    for line in (
        "| sha256 | `abc` |",
        "| consent version | 2 |",
        "| Parley | 0.1.0 |",
        "| --lang | `en, no` |",
        "| en | 2 |",
        "| prompter | 2 |",
        "| ready_for_export | 3 |",
        "| messages | by a person who has not agreed to the current terms | 3 |",
        "| reviews, rankings and ratings | by a person who has not agreed to the current terms | 2 |",
        "| trees | in the state growing | 4 |",
        "| a\\|paper | 1 |",
        "| num_reviews_reply | 1 | 1 |",
        "The language of 1 imported messages was guessed: their file did not say it.",
    ):
        assert line in told


def test_agreement_is_shown_by_language_and_label_where_there_is_enough() -> None:
    reviewed = ReviewAgreement()
    nodes = [
        labeled("a", lang=lang, reviews=(review("ana", spam=value, quality=0.5), review("ben", spam=value)))
        for lang, number in (("en", 30), ("de", 29))
        for value in [0.0, 1.0] * (number // 2) + [0.0] * (number % 2)
    ]
    assert list(reviewed.watch(iter(nodes))) == nodes
    told = [(lang, name, found.alpha, found.raw, found.items) for lang, name, found in reviewed.agreements()]
    # Everybody denied that it is in the wrong language, by tapping something else.
    assert told == [("en", "lang_mismatch", None, 1.0, 30), ("en", "spam", 1.0, 1.0, 30)]
    counts = ExportCounts(reviewed=reviewed)
    lines = list(card.section("x.jsonl", "", ABOUT, counts))
    assert "| en | spam | 1.000 | 1.000 | 0.500 | 30 |" in lines
    assert any("No label has thirty" in line for line in card.section("x.jsonl", "", ABOUT, ExportCounts()))
