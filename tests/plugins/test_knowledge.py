"""plugins/builtin/knowledge.py: pages and texts of a community, found for the questions that they fit and for no
others."""

import httpx
import pytest

from parley import PluginError, Said
from parley.testing import Asks, Bench
from plugins.builtin import knowledge

pytestmark = pytest.mark.slow

RULES = "https://club.example/rules"
PAGE = """<!doctype html><html><head><title>Club rules</title></head><body><article><h1>Club rules</h1>
<p>The clubhouse opens at nine in the morning and closes at ten in the evening, on every day but Sunday.</p>
<p>Members borrow telescopes for two weeks. Whoever breaks a telescope tells the board and pays for its repair.</p>
<p>Guests are welcome in the observatory when a member comes with them and signs the book at the entrance.</p>
</article></body></html>"""


def answers(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, html=PAGE, request=request)


async def kept() -> Bench:
    """A bench with a page and a text."""
    bench = Bench.of(knowledge, answers=answers)
    await bench.call("knowledge", action="add", what=RULES)
    bench.voice.said = [
        Said("prompter", "Der Beitrag kostet zwölf Euro im Jahr, für Studenten die Hälfte."),
        Said("assistant", "Noted."),
    ]
    await bench.call("knowledge", action="keep", what="Beitrag")
    return bench


async def test_a_page_is_added_and_cited() -> None:
    bench = await kept()
    found = await bench.call("lookup", query="telescopes")
    assert "two weeks" in found.text
    assert [(one.title, one.url) for one in found.sources] == [("Club rules", RULES)]
    assert "two weeks" in await bench.asks(Asks("search_knowledge", {"query": "telescopes"}), "{0}")
    with pytest.raises(PluginError, match="nothing is kept here"):
        await bench.call("lookup", query="xyzzy")


async def test_a_message_is_kept_and_has_no_source() -> None:
    bench = await kept()
    found = await bench.call("lookup", query="Beitrag")
    assert "zwölf Euro" in found.text
    assert found.sources == ()


FITTING = [
    "When does the clubhouse open in the morning?",
    "Can I borrow a telescope, and what if one breaks?",
    "clubhouse?",
    "Was kostet der Beitrag für Studenten?",
]
OTHER = [
    "Hello, how are you today?",
    "thanks, great answer!",
    "Write a poem about the evening sky over Lima and its fishermen",
    "What is a member function in C++, and which compilers do inline it?",
    "two",
    "你好吗？",
    "",
]


@pytest.mark.parametrize("question", FITTING)
async def test_what_fits_a_question_goes_to_the_model(question: str) -> None:
    bench = await kept()
    found = await bench.hook("before_answer", question)
    assert found is not None
    assert found.text.startswith(("Club rules:\n", "Beitrag:\n"))


@pytest.mark.parametrize("question", OTHER)
async def test_other_questions_are_left_alone(question: str) -> None:
    assert await (await kept()).hook("before_answer", question) is None


async def test_a_long_word_that_many_passages_have_is_not_enough() -> None:
    bench = Bench.of(knowledge)
    for number in range(knowledge.FEW + 1):
        assert (await bench.hook("before_answer", "observatory?") is not None) == (number > 0)
        await bench.shelf.put(str(number), "Note", f"observatory {number}")
    assert await bench.hook("before_answer", "observatory?") is None


async def test_they_are_listed_replaced_and_removed() -> None:
    bench = await kept()
    assert (await bench.call("knowledge", action="list")).text == "1. Club rules\n2. Beitrag"
    assert "Kept as 1" in (await bench.call("knowledge", action="add", what=RULES)).text
    assert "Kept as 2" in (await bench.call("knowledge", action="keep", what="beitrag")).text
    assert (await bench.call("knowledge", action="remove", what="1")).text == "Removed: Club rules"
    assert (await bench.call("knowledge", action="list")).text == "2. beitrag"
    assert "Kept as 3" in (await bench.call("knowledge", action="add", what=RULES)).text
    assert next(one for one in bench.declared.tools if one.command == "knowledge").admin


@pytest.mark.parametrize(
    ("action", "what", "words"),
    [
        ("add", "club.example", "write the page's address"),
        ("keep", "", "write a title"),
        ("keep", "Rules", "write the text here first"),
        ("remove", "7", "there is no text '7'"),
    ],
)
async def test_what_cannot_be_done_is_said(action: str, what: str, words: str) -> None:
    with pytest.raises(PluginError, match=words):
        await Bench.of(knowledge).call("knowledge", action=action, what=what)


async def test_there_is_an_end_to_it() -> None:
    bench = await kept()
    for number in range(2, knowledge.MOST):
        await bench.call("knowledge", action="keep", what=f"Text {number}")
    with pytest.raises(PluginError, match="remove one first"):
        await bench.call("knowledge", action="keep", what="More")
    bench.voice.said = [Said("prompter", "x" * (knowledge.LONGEST + 1))]
    with pytest.raises(PluginError, match="too long"):
        await bench.call("knowledge", action="keep", what="Beitrag")


def test_scripts_without_spaces_are_compared_by_pairs_of_letters() -> None:
    question = knowledge.significant("退货期限是多久？").keys()
    assert len(question & knowledge.significant("退货期限为30天。").keys()) >= knowledge.ENOUGH
    assert not question & knowledge.significant("今天天气很好").keys()
