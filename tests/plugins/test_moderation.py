"""plugins/builtin/moderation.py: words and patterns that are not wanted, in questions and in answers."""

from collections.abc import Mapping

import pytest

from parley import PluginError
from parley.testing import Bench
from plugins.builtin import moderation


def bench(**config: str) -> Bench:
    return Bench.of(moderation, config=config)


WORDS = [
    ("darn", "Oh, DARN it", "Oh, **** it"),
    ("darn", "darning socks", None),
    ("darn*", "darning socks", "******* socks"),
    ("*coin", "Buy Bitcoin now", "Buy ******* now"),
    ("cafe", "un café, CAFÉ", "un ****, ****"),
    ("café", "a cafe\u0301!", "a *****!"),
    ("darn", "d\u200barn and ｄａｒｎ", "***** and ****"),
    ("strasse", "die Straße", "die ******"),
    ("buy  now", "buy\nnow, buy nowhere", "*******, buy nowhere"),
    ("坏话", "这是坏话吗", "这是**吗"),
    ("a, b", "b and A", "* and *"),
    ("c++", "I like C++!", "I like ***!"),
    ("*, **, ,", "anything * at all", None),
]


@pytest.mark.parametrize(("words", "text", "seen"), WORDS)
async def test_words(words: str, text: str, seen: str | None) -> None:
    assert await bench(words=words, action="mask").hook("before_answer", text) == seen


PATTERNS = [
    (r"\d{4}-\d{4}", "card 1234-5678.", "card *********."),
    (r"x+ || y+", "axxbyy", "a**b**"),
    ("x+\ny+", "axxbyy", "a**b**"),
    (r"q*", "nothing", None),
]


@pytest.mark.parametrize(("patterns", "text", "seen"), PATTERNS)
async def test_patterns(patterns: str, text: str, seen: str | None) -> None:
    assert await bench(patterns=patterns, action="mask").hook("before_send", text) == seen


@pytest.mark.parametrize(
    ("moment", "words", "said"),
    [("before_answer", "differently", "a question of"), ("before_send", "withheld", "an answer to")],
)
async def test_it_refuses_at_first_and_tells_the_log(moment: str, words: str, said: str) -> None:
    plugin = bench(words="darn")
    with pytest.raises(PluginError, match=words):
        await plugin.hook(moment, "x" * 300 + " darn " + "y" * 300)
    (told,) = plugin.voice.logged
    assert f"refused {said} Ana (word “darn”)" in told
    quote = told.partition("): “")[2]
    assert " darn " in quote
    assert len(quote) == moderation.QUOTE + 1


async def test_it_may_only_tell_the_log() -> None:
    plugin = bench(words="darn, heck", action="log")
    assert await plugin.hook("before_send", "darn heck") is None
    assert await plugin.hook("before_send", "all is well") is None
    assert plugin.voice.logged == ["moderation: noticed an answer to Ana (word “darn”, word “heck”): “darn heck”"]


BROKEN: Mapping[str, tuple[str, str]] = {
    "wrong": ("(", "not a regular expression"),
    "long": ("x" * 600, "longer than 500"),
    "slow": (r"(\w+\s?)+$(?<=!!)", "took longer"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_pattern_is_told_once_and_breaks_nothing(name: str) -> None:
    pattern, why = BROKEN[name]
    plugin = bench(patterns=f"{pattern} || bad", action="mask")
    text = "a" * 5000 + "? bad"
    for _ in range(2):
        assert await plugin.hook("before_answer", text) == "a" * 5000 + "? ***"
    assert [why in line for line in plugin.voice.logged if "is not used" in line] == [True]


async def test_admins_add_list_test_and_remove() -> None:
    plugin = bench(words="darn")
    command = next(one for one in plugin.declared.tools if one.command == "moderation")
    assert command.admin
    await plugin.call("moderation", action="add", what="heck, gosh*")
    await plugin.call("moderation", action="add", what="/[0-9]{9}/")
    listed = await plugin.call("moderation", action="list")
    assert listed.private
    assert listed.text.splitlines() == [
        "action: refuse",
        "words, by /plugin config: darn",
        "words, added here: heck, gosh*",
        "patterns, added here: /[0-9]{9}/",
    ]
    tested = await plugin.call("moderation", action="test", what="Goshes, 123456789 darn")
    assert tested.text.splitlines() == [
        "word “gosh*”: “Goshes”",
        "pattern /[0-9]{9}/: “123456789”",
        "word “darn”: “darn”",
    ]
    assert plugin.voice.logged == []
    await plugin.call("moderation", action="remove", what="heck")
    assert (await plugin.call("moderation", action="test", what="heck")).text == "No rule matches."
    with pytest.raises(PluginError, match="differently"):
        await plugin.hook("before_answer", "gosh")


@pytest.mark.parametrize(
    ("action", "what", "words"),
    [
        ("add", "/(/", "not added: it is not a regular expression"),
        ("add", " ", "write what to add"),
        ("add", "***", "at least one letter"),
        ("add", ",".join(f"word{number}" for number in range(201)), "at most 200"),
        ("remove", "darn", "was not added here"),
    ],
)
async def test_what_cannot_be_done_is_said(action: str, what: str, words: str) -> None:
    with pytest.raises(PluginError, match=words):
        await bench(words="darn").call("moderation", action=action, what=what)


def test_rules_that_are_slow_together_are_left_out_with_the_reason() -> None:
    judged = moderation.judge("darn", moderation.rules(["darn"], []), enough=-1.0)
    assert (list(judged.hits), judged.broken) == ([], {"word “darn”": "the rules before it took too long"})
