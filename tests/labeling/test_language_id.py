"""core.labeling.rules.language_id: a hint if somebody writes in a language other than the one that they chose."""

import sys
from random import Random

import pytest

from config.languages import languages
from core.labeling.rules.language_id import available, guess, hint
from tests.labeling.sentences import SENTENCES

AMONG = ("en", "es", "fr", "de", "ca", "eu", "zh-CN", "pt-BR", "uk-UA", "nb-NO", "gl", "it", "ru", "ja", "th", "bar")
TEXTS = {
    "en": "How long do I have to boil an egg so that the yolk stays soft?",
    "es": "¿Cuánto tiempo tengo que hervir un huevo para que la yema quede blanda?",
    "fr": "Combien de temps dois-je faire cuire un œuf pour que le jaune reste coulant ?",
    "de": "Wie lange muss ich ein Ei kochen, damit das Gelbe weich bleibt?",
    "ca": "Quanta estona he de bullir un ou perquè el rovell quedi tou?",
    "eu": "Zenbat denbora egosi behar dut arrautza bat gorringoa bigun gera dadin?",
    "zh-CN": "鸡蛋要煮多长时间，蛋黄才会是软的？",
    "pt-BR": "Quanto tempo preciso cozinhar um ovo para que a gema fique mole?",
    "uk-UA": "Скільки часу треба варити яйце, щоб жовток залишився м'яким?",
    "nb-NO": "Hvor lenge må jeg koke et egg for at plommen skal være myk?",
    "ja": "黄身が柔らかいままになるように卵を何分ゆでればいいですか。",
    "th": "ต้องต้มไข่นานแค่ไหนไข่แดงจึงจะยังนิ่มอยู่",
}


@pytest.mark.slow
@pytest.mark.parametrize("language", TEXTS)
def test_the_chosen_language_is_believed(language: str) -> None:
    assert hint(TEXTS[language], language, AMONG) is None


@pytest.mark.parametrize("language", TEXTS)
def test_another_one_is_named_by_its_tag(language: str) -> None:
    chosen = [one for one in TEXTS if one != language]
    assert [hint(TEXTS[language], one, AMONG) for one in chosen] == [language] * len(chosen)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("ok lol", "es"),
        ("hola que tal", "en"),
        ("4+4?", "en"),
        ("I am so, so ok", "es"),
        ("你好吗", "en"),
        ("", "en"),
        ("Prova: `how long do I have to boil an egg so that it is soft`", "ca"),
        ("```python\nfor number in range(10):\n    print(number, 'is a number')\n```", "es"),
        ("Look at https://how.example/long-do-i-have-to-boil an egg", "es"),
        ("123 456 789 + 123 - 456 * 789 = 111 222 333", "es"),
    ],
)
def test_nothing_is_said_about_short_texts_and_what_is_in_no_language(text: str, chosen: str) -> None:
    assert hint(text, chosen, AMONG) is None


@pytest.mark.parametrize("language", TEXTS)
def test_a_language_that_its_writer_never_chose_must_be_beyond_doubt(language: str) -> None:
    assert hint(TEXTS[language], language, [language], AMONG) is None
    assert hint(TEXTS["de"], "en", ["en"], AMONG) == "de"
    assert hint("Das Meeting war ein totaler Fail, sorry Leute", "de", ["de"], AMONG) is None


def test_only_languages_of_the_community_are_named() -> None:
    assert hint(TEXTS["fr"], "de", ["de"]) is None
    assert hint(TEXTS["fr"], "de", []) is None
    assert hint(TEXTS["fr"], "de", ["de", "fr"]) == "fr"


def test_regions_are_not_told_apart() -> None:
    assert hint(TEXTS["pt-BR"], "pt-PT", AMONG) is None
    assert hint(TEXTS["zh-CN"], "en", ["zh-TW", "zh-CN"]) == "zh-TW"
    assert hint(TEXTS["nb-NO"], "no", AMONG) is None


def test_a_language_that_the_detector_does_not_know_is_left_alone() -> None:
    assert hint(TEXTS["de"], "bar", AMONG) is None
    assert hint(TEXTS["de"], "en", ["bar", "swg", "de"]) == "de"


def test_without_the_extra_there_are_no_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available()
    monkeypatch.setitem(sys.modules, "py3langid", None)
    assert not available()
    assert hint(TEXTS["en"], "es", AMONG) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Gestern haben wir den ganzen Tag im Garten gesessen und Kuchen gegessen.", "de"),
        # This could be Danish as well.
        ("Jeg vet ikke hvorfor hun ikke ville være med på turen til fjellet i går.", None),
        ("昨日は一日中雨が降っていたので、家で本を読んでいました。", "ja"),
        ("ok", None),
        ("`for i in range(10): print(i)` https://example.org", None),
        ("", None),
    ],
)
def test_out_of_all_languages_only_a_sure_one_is_guessed(text: str, language: str | None) -> None:
    assert guess(text) == language


TAGS = {"pt": "pt-BR", "uk": "uk-UA"}
WRITTEN = [(TAGS.get(lang, lang), sentence) for lang, said in SENTENCES.items() for sentence in said[1::2]]
"""The half of the sentences by which no bar was chosen."""


def test_right_sentences_are_hardly_ever_doubted() -> None:
    doubted = [text for lang, text in WRITTEN if hint(text, lang, {lang}, languages())]
    assert len(doubted) <= 0.05 * len(WRITTEN), doubted


@pytest.mark.slow
def test_a_sentence_in_a_language_that_nobody_expects_is_mostly_noticed() -> None:
    """In each other language's place: the writer does tasks in that one alone."""
    wrong = [(text, TAGS.get(one, one)) for lang, text in WRITTEN for one in SENTENCES if TAGS.get(one, one) != lang]
    tried = Random(1).sample(wrong, 300)
    noticed = sum(hint(text, chosen, {chosen}, languages()) is not None for text, chosen in tried)
    assert noticed >= 0.7 * len(tried)
