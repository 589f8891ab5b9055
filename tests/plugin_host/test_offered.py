"""plugins.host.keywords: which tools are offered as buttons, in seven languages, and when none is."""

import pytest

from cli.wiring.plugin_names import bundled
from plugins.host.keywords import asked_share, divided, is_keyword, keyword, opening
from tests.plugin_host.offered import rates

MOST_WRONG = 0.02
LEAST_RIGHT = 0.9


async def test_tools_are_offered_under_requests_and_not_under_small_talk() -> None:
    found = await rates(held_out=True)
    assert len(found.offered_wrongly) <= MOST_WRONG * found.plain, found.offered_wrongly
    assert len(found.missed) <= (1 - LEAST_RIGHT) * found.asked, found.missed


@pytest.mark.parametrize(
    ("example", "short"),
    [("weather", True), ("square root", True), ("{number} km", True), ("read {url}", False), ("one two three", False)],
)
def test_a_short_example_is_a_keyword(example: str, short: bool) -> None:
    assert is_keyword(example) is short


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("How is the weather?", 0.25),
        ("Weather in Rome", 1 / 3),
        ("I was glad about the weather", 0),
        ("Leatherweather?", 0),
        ("北京天气怎么样？", 2 / 7),
        ("Are 5 km far?", 0.5),
        ("", 0),
    ],
)
def test_keywords_count_where_something_is_asked(text: str, share: float) -> None:
    assert asked_share(divided(text), ("weather", "天气", "{number} km"), "") == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "fits"),
    [("How often does it crow in this letter?", True), ("What does this letter say?", False), ("Good day", False)],
)
def test_a_tool_without_keywords_is_judged_by_two_words_of_its_description(text: str, fits: bool) -> None:
    assert (asked_share(divided(text), (), "count: Say how often a word crow occurs in a letter") > 0) is fits


def test_a_keyword_is_looked_for_wherever_its_pattern_finds_it() -> None:
    # Most keywords are not even looked for, since no word of a text begins them.
    known = [one for plugin in bundled().values() for some in plugin.manifest.examples.values() for one in some]
    keywords = [one for one in known if is_keyword(one)]
    texts = [form(one.replace("{number}", "5")) for one in keywords for form in (str.lower, str.upper, str.title)]
    assert keywords
    for text in texts:
        said = divided(f"Please, {text}")
        hit = [one for one in keywords if keyword(one).search(said.plain)]
        assert hit
        assert [one for one in hit if opening(one) not in said.openings] == []
