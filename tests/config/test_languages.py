"""The data languages: Open Assistant's list, and which of them a tag means."""

import pytest

from config.guidelines import guidelines
from config.languages import data_language, languages


def test_there_are_forty_one_languages_with_names_of_their_own() -> None:
    found = languages()
    assert len(found) == 41
    assert set(found) >= {"ca", "eu", "gl", "en", "es", "zh"}
    assert len(set(found.values())) == 41
    assert found["eu"] == "Euskara"


def test_no_two_languages_differ_in_their_region_alone() -> None:
    assert len({tag.split("-")[0] for tag in languages()}) == 41
    assert [data_language(tag) for tag in languages()] == list(languages())


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("es-MX", "es"),
        ("es-419", "es"),
        ("zh-CN", "zh"),
        ("zh_Hant_TW", "zh"),
        ("ZH", "zh"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("nb", "nb-NO"),
        ("no", "nb-NO"),
        ("uk", "uk-UA"),
        ("iw", "he"),
        ("nn", None),
        ("xx", None),
        ("", None),
    ],
)
def test_a_tag_means_one_of_them(tag: str, found: str | None) -> None:
    assert data_language(tag) == found


def test_the_guidelines_are_in_data_languages() -> None:
    assert [tag for tag in guidelines() if data_language(tag) is None] == []
