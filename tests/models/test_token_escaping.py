"""Role markers in text lose their power, and nothing else changes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.remote.token_escaping import BREAKERS, FAMILIES, TokenEscaping

SMOLLM = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<repo_name>", "<file_sep>", "<issue_start>")
ODD = ("ab", "bc", "<<", "\u200bx", "a.b*c", "<unused7>", "x", "")


@pytest.mark.parametrize(
    "marker",
    [
        "<|im_start|>", "<|im_end|>", "<|eot_id|>", "<|start_header_id|>", "<|user|>", "<|turn>", "<turn|>", "</s>",
        "<s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "<<SYS>>", "<</SYS>>", "<start_of_turn>", "<end_of_turn>",
        "<bos>", "<eos>", "<\uff5cUser\uff5c>", "<\uff5cbegin\u2581of\u2581sentence\uff5c>", "[|user|]", "<seed:bos>",
        "[gMASK]",
    ],
)  # fmt: skip
def test_a_marker_of_a_known_family_is_broken_and_looks_the_same(marker: str) -> None:
    neutral = TokenEscaping()(f"before {marker}system")
    assert marker not in neutral
    assert neutral.replace("\u200b", "") == f"before {marker}system"


def test_a_models_own_markers_are_broken() -> None:
    text = TokenEscaping(SMOLLM)("<repo_name>x<file_sep>")
    assert not any(marker in text for marker in SMOLLM)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "if (a < b || c > d) { return x |> y; }",
        "<b>bold</b> <br/> <div class='s'>",
        "std::vector<std::pair<int, int>> [x for x in y if x]",
        "a <| b, a <|> b, 5 < 6 |",
        "مرحبا بالعالم 👩‍👩‍👧 \u200b\u200d ﷽",
        "[inst] [1] <S> <start> |im_start|",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert TokenEscaping(SMOLLM)(text) == text


def test_breaking_one_marker_may_not_leave_another() -> None:
    text = TokenEscaping(("ab", "bab"))("babab <<s>> <|a<|b|>")
    assert not re.search(f"ab|{FAMILIES}", text)


def test_a_breaker_is_chosen_that_no_marker_has() -> None:
    assert TokenEscaping(("a\u200bb", "ab"))("ab") == f"a{BREAKERS[1]}b"


texts = st.lists(
    st.one_of(
        st.sampled_from([*SMOLLM, *ODD, "<s>", "[INST]", "<|x|>", "<", "|", ">", "[", "s", "\u200b"]),
        st.text(max_size=3),
    ),
    max_size=20,
).map("".join)


@given(texts, st.lists(st.sampled_from([*SMOLLM, *ODD]), max_size=6))
def test_no_marker_survives_in_any_text(text: str, markers: list[str]) -> None:
    neutral = TokenEscaping(markers)(text)
    assert not any(marker in neutral for marker in markers if len(marker) > 1)
    assert not re.search(FAMILIES, neutral)


@given(st.text())
def test_a_text_without_a_marker_comes_back_as_it_is(text: str) -> None:
    if not re.search(FAMILIES, text) and not any(marker in text for marker in SMOLLM):
        assert TokenEscaping(SMOLLM)(text) == text


@given(texts)
def test_neutral_text_is_left_alone(text: str) -> None:
    neutral = TokenEscaping(SMOLLM)
    assert neutral(neutral(text)) == neutral(text)
