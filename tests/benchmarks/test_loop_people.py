"""The simulated people of the loop: what they say follows from a seed and from what they see, and nothing else does."""

import ast
from pathlib import Path

import pytest

from benchmarks.loop.questions import Questions, reply_to
from benchmarks.loop.taste import SimulatedPerson, Taste, language_of, letters_taste, readers_taste

ROOT = Path(__file__).parents[2]
PROGRAM = ("bots", "cli", "config", "core", "plugins", "sdk", "trainer")
QUESTION = "What is bread?"
GOOD = "Bread is a food made of flour, water and salt that is baked in an oven."
ANSWERS = (
    GOOD,
    "I'm glad you ask! Great question. " + GOOD,
    f"{GOOD} " * 6,
    "Bread is a food made of flour, water and salt that is baked in",
    "It is a food made of flour, water and salt that is baked in an oven.",
    "El pan es una comida que se hace de harina y agua, y que se cuece en el horno.",
    "Bread.",
    "",
)


def person(number: int = 1, seed: int = 1, taste: Taste = readers_taste) -> SimulatedPerson:
    return SimulatedPerson(number, taste, seed)


@pytest.mark.parametrize("worse", ANSWERS[1:])
def test_people_like_a_short_whole_answer_in_their_language_best(worse: str) -> None:
    assert readers_taste(QUESTION, GOOD) > readers_taste(QUESTION, worse)


def test_who_asks_in_spanish_wants_spanish() -> None:
    spanish = ANSWERS[5]
    assert readers_taste("¿Qué es el pan?", spanish) > readers_taste("¿Qué es el pan?", GOOD)
    assert (language_of(spanish), language_of(GOOD), language_of("Hm!")) == ("es", "en", "")


def test_a_taste_for_letters_is_about_nothing_else() -> None:
    assert letters_taste("", "ab cd") == letters_taste("?", "x") == 6.0
    assert letters_taste("", "aB\n") == 3.0
    assert letters_taste("", "") == 0.0


def test_the_same_person_says_the_same_and_others_differ() -> None:
    ranked = [person().rank(QUESTION, ANSWERS) for _ in range(2)]
    assert ranked[0] == ranked[1]
    assert len({tuple(person(number).rank(QUESTION, ANSWERS)) for number in range(20)}) > 5
    assert len({person(seed=seed).feels(QUESTION, GOOD) for seed in range(20)}) == 20


@pytest.mark.slow
def test_what_somebody_chooses_does_not_depend_on_the_place() -> None:
    opposite = {"a": "b", "b": "a", "good": "good", "bad": "bad"}
    pairs = [(one, other) for one in ANSWERS for other in ANSWERS if one != other]
    chosen = [
        (person(n).choose(QUESTION, *pair), person(n).choose(QUESTION, *pair[::-1]))
        for n in range(20)
        for pair in pairs
    ]
    agreed = sum(opposite[there] == back for there, back in chosen)
    # Whether somebody slips is drawn for what they see, the order included.
    assert agreed / len(chosen) > 0.85
    assert all({there, back} <= {"a", "b"} or there == back for there, back in chosen)


def test_people_mostly_choose_by_their_taste_but_not_always() -> None:
    chosen = [person(number).choose(QUESTION, ANSWERS[1], GOOD) for number in range(400)]
    assert 0.6 < chosen.count("b") / len(chosen) < 0.95
    assert chosen.count("a") > 0
    alike = [person(number).choose(QUESTION, GOOD, GOOD) for number in range(40)]
    assert set(alike) <= {"good", "bad"}
    assert alike.count("good") > alike.count("bad")


def test_nobody_compares_what_was_asked_in_a_chat() -> None:
    asked = Questions(1)
    assert asked.in_chats() == Questions(1).in_chats() != Questions(2).in_chats()
    assert len(asked.in_chats()) == len(set(asked.in_chats())) > 400
    assert not set(asked.in_chats()) & {*asked.in_comparisons(), *asked.in_tasks()}
    assert 0.1 < sum(language_of(one) == "es" for one in asked.in_chats()) / len(asked.in_chats()) < 0.3


def test_people_answer_each_prompt_with_words_of_its_own() -> None:
    prompts = Questions(1).in_tasks()
    assert len({reply_to(f"Answer as the assistant\n{prompt}\nWrite") for prompt in prompts}) == len(prompts)
    with pytest.raises(LookupError, match="there is no prompt in 'Hello'"):
        reply_to("Hello")


def test_the_program_under_test_does_not_know_the_taste() -> None:
    for room in PROGRAM:
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if "benchmarks" not in text:
                continue
            imported = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
            names = [getattr(node, "module", None) or node.names[0].name for node in imported]
            assert not [name for name in names if name.startswith("benchmarks")], path
