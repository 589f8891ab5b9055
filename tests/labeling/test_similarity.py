"""core.labeling.rules.similarity: the same, nearly the same, and copies."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.labeling.rules.similarity import ALIKE, alike, bands, common, copies, digest

PROMPTS = {
    "en": "Can you explain to a ten-year-old child why the sky is blue in the morning and red in the evening?",
    "es": "¿Puedes explicarle a una niña de diez años por qué el cielo es azul por la mañana y rojo por la tarde?",
    "fr": "Peux-tu expliquer à un enfant de dix ans pourquoi le ciel est bleu le matin et rouge le soir venu ?",
    "de": "Kannst du einem zehnjährigen Kind erklären, warum der Himmel morgens blau und abends rot ist?",
    "ca": "Pots explicar a una nena de deu anys per què el cel és blau al matí i vermell al vespre, si us plau?",
    "eu": "Azal diezaiokezu hamar urteko ume bati zergatik den zerua urdina goizean eta gorria arratsaldean?",
    "zh": "你能不能给一个十岁的孩子解释一下，为什么天空早上是蓝色的，到了傍晚却变成了红色的呢？",
}
OTHERS = [
    *PROMPTS.values(),
    "Can you explain to a ten-year-old child how a bicycle stays upright while somebody is riding it?",
    "Write a poem about the sea in the style of an old sailor.",
    "你能不能给一个十岁的孩子解释一下，为什么自行车骑起来的时候不会倒下呢？",
]


def meet(text: str, other: str) -> bool:
    """Do as the caller does: look the bands up, and confirm."""
    return not set(bands(text)).isdisjoint(bands(other)) and alike(text, other) >= ALIKE


@pytest.mark.parametrize(
    "other",
    [
        "what is  4+4, PLEASE",
        " What is 4+4 -- please".replace("--", "—"),
        "“What is 4+4, please?”",
        "Ｗｈａｔ ｉｓ ４＋４， ｐｌｅａｓｅ？",
        "What\u200b is\u00a04+4\nplease...",
    ],
)
def test_the_same_but_for_its_looks(other: str) -> None:
    assert digest(other) == digest("What is 4+4, please?")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("What is 4+4?", "What is 4-4?"),
        ("What is 4*4?", "What is 4/4?"),
        ("Round 3.5 up", "Round 35 up"),
        ("How do I learn C++?", "How do I learn C#?"),
        ("???", "!!!"),
        ("", "?"),
        ("año", "ano"),
        ("你好", "您好"),
    ],
)
def test_not_the_same(text: str, other: str) -> None:
    assert digest(text) != digest(other)


def test_spaces_between_scripts_are_a_matter_of_taste() -> None:
    assert digest("用 Python 写一个程序。") == digest("用Python写一个程序")


def test_digests_and_bands_are_kept_for_years() -> None:
    # They are stored in databases: if a new version of a library changes them, all must be computed again.
    assert digest("What is 4+4?") == "6360e31c058534c5afcde83173440e4e"
    assert bands(PROMPTS["en"])[:2] == ["82f2dffd41cde639", "7b4d82837c9735fe"]
    assert len({*bands(PROMPTS["en"])}) == 16
    assert all(len(band) == 16 for band in bands(PROMPTS["en"]))


def test_bands_of_older_databases_are_found() -> None:
    # What datasketch 2.0 made of these texts, which older versions of Parley used.
    assert bands(PROMPTS["zh"])[-2:] == ["4067c6fca377feb3", "1fe7e633760ff69d"]
    assert bands(" ".join(OTHERS) * 20)[-2:] == ["9fec2b9b2c2f39a3", "06766dc377fcf441"]
    assert bands("\ud800 ok")[:1] == ["cb743a1ee7bcb600"]


@pytest.mark.parametrize("language", PROMPTS)
def test_a_small_edit_is_found(language: str) -> None:
    prompt = PROMPTS[language]
    edits = [prompt[:-1], prompt.upper(), f"{prompt} 😀", prompt.replace("10", "ten"), prompt[:40] + "x" + prompt[40:]]
    if language == "zh":
        edits.append(prompt.replace("傍晚", "晚上"))
    for edit in edits:
        assert meet(prompt, edit), edit


def test_other_prompts_are_not() -> None:
    assert not [(one, two) for one in OTHERS for two in OTHERS if one != two and meet(one, two)]


@pytest.mark.parametrize(("text", "other"), [("Hi", "Hi!"), ("ok", "OK"), ("你", "你。"), ("abcde", "ABCDE")])
def test_texts_shorter_than_a_piece(text: str, other: str) -> None:
    assert meet(text, other)


def test_nothing_is_like_nothing() -> None:
    assert bands("") == bands(" \n") == []
    assert alike("", "") == 1
    assert alike("", "a") == 0


@given(st.text(), st.text())
def test_likeness_is_a_share_and_the_same_from_both_sides(text: str, other: str) -> None:
    assert 0 <= alike(text, other) == alike(other, text) <= 1
    assert alike(text, text) == 1


@given(st.text("abc "), st.text("abc "))
def test_the_longest_common_subsequence_is_that_of_the_textbook(text: str, other: str) -> None:
    row = [0] * (len(other) + 1)
    for sign in text:
        before, row = row, [0]
        for place, met in enumerate(other):
            row.append(before[place] + 1 if sign == met else max(before[place + 1], row[-1]))
    assert common(text, other) == row[-1]


@pytest.mark.parametrize(
    ("reply", "prompt", "expected"),
    [
        (PROMPTS["es"].lower(), PROMPTS["es"], True),
        (PROMPTS["zh"][:-2], PROMPTS["zh"], True),
        ("Because blue light is scattered more than red light.", PROMPTS["en"], False),
        (f"You ask: {PROMPTS['en']} Because blue light is scattered more than red.", PROMPTS["en"], False),
        ("abcdefghi", "abcdefghi.jk", False),
        ("abcdefghij", "abcdefghijkl", True),
        (PROMPTS["en"][::-1], PROMPTS["en"], False),
        ("", "", False),
        ("?", "", False),
    ],
)
def test_a_reply_that_says_what_its_prompt_says(reply: str, prompt: str, expected: bool) -> None:
    assert copies(reply, prompt) is expected


def test_importing_the_checks_imports_nothing_heavy() -> None:
    heavy = "{'numpy', 'phonenumbers', 'py3langid'}"
    imported = "from core.labeling.rules import language_id, similarity, text_checks"
    script = f"import sys; {imported}; sys.exit(str({heavy} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.strip() == "set()"
