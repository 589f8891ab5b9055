import pytest

from bots.slack.receive import emoji_of
from core.reactions import MEANINGFUL, RATINGS, REPORT, STOP, THUMB_DOWN, THUMB_UP, plain


@pytest.mark.parametrize(
    ("emoji", "meant"),
    [
        ("👍", THUMB_UP),
        ("👍🏽", THUMB_UP),
        ("👎🏿", THUMB_DOWN),
        ("👍\ufe0f", THUMB_UP),
        ("🚩", REPORT),
        ("🚩\ufe0f", REPORT),
    ],
)
def test_a_reaction_means_the_same_in_every_skin_and_colour(emoji: str, meant: str) -> None:
    assert plain(emoji) == meant


def test_thumbs_rate_and_a_flag_reports() -> None:
    assert RATINGS == {"👍": 1, "👎": -1}
    assert {"👍", "👎", "🚩"} == MEANINGFUL
    assert not MEANINGFUL & {plain(emoji) for emoji in ("❤️", "👏🏽", STOP, "")}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("+1", THUMB_UP),
        ("thumbsup::skin-tone-3", THUMB_UP),
        ("-1", THUMB_DOWN),
        ("thumbsdown", THUMB_DOWN),
        ("triangular_flag_on_post", REPORT),
        ("octagonal_sign", STOP),
        ("heart", ""),
    ],
)
def test_slack_has_names_for_the_same_emoji(name: str, meant: str) -> None:
    assert emoji_of(name) == meant
