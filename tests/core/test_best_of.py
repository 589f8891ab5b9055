"""Best of n: a community has several answers written, and the one is shown that the reward model likes best."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest
from structlog.testing import capture_logs

from core.answering.best_of import varied
from core.errors import ModelUnavailable
from core.limits import AnswerLimits
from core.messages import Place, Reply
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.ports.model import PromptLine, SamplingSettings, ToolCall
from core.store.engine.database import Database
from core.wiring import CoreRules
from tests.core.building import RULES, core_over
from tests.core.test_unhappy_output import Weather
from tests.dialogue import Dialogue, Heard
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

DRAFTS = ["First words.", "The long second words of it.", "Third words here."]


@dataclass(slots=True)
class LengthScorer:
    """Likes long answers. With `broken`, it cannot be asked."""

    broken: bool = False
    asked: list[tuple[Sequence[PromptLine], Sequence[str]]] = field(default_factory=list)

    async def scores(self, lines: Sequence[PromptLine], answers: Sequence[str]) -> Sequence[float]:
        self.asked.append((lines, answers))
        if self.broken:
            raise ModelUnavailable("model-unavailable", "it has no memory")
        return [float(len(answer)) for answer in answers]


@dataclass(slots=True)
class Ranked:
    """A dialogue in a community that wants the best of several answers."""

    dialogue: Dialogue
    model: ScriptedModel
    scorer: LengthScorer


Begin = Callable[..., "Ranked"]


@pytest.fixture
def ranked(store: Database) -> Begin:
    def begin(
        model: ScriptedModel | None = None,
        scorer: LengthScorer | None = None,
        rules: CoreRules = RULES,
        **plugins: object,
    ) -> Ranked:
        model, scorer = model or ScriptedModel(DRAFTS), scorer or LengthScorer()
        core = core_over(store, model, rules=rules, scorer=scorer, **plugins)  # type: ignore[arg-type]
        paper = PaperChat()
        core.router.attach("paper", paper)
        return Ranked(Dialogue(core, paper), model, scorer)

    return begin


async def test_the_best_of_several_is_shown_once_and_whole(ranked: Begin) -> None:
    talk = ranked()
    (await talk.dialogue.types("/settings best_of 3")).expect("3 for each question, so 3 times the tokens")
    heard = await talk.dialogue.says("Hello")
    heard.expect(DRAFTS[1])
    assert (talk.dialogue.chat.sends, talk.dialogue.chat.edits) == (2, 0)
    ((lines, answers),) = talk.scorer.asked
    assert (lines[-1].text, answers) == ("Hello", DRAFTS)
    # The next prompt goes on from the answer that was shown.
    await talk.dialogue.says("And now?")
    assert [line.text for line in talk.model.requests[-1].lines[1:]] == ["Hello", DRAFTS[1], "And now?"]


async def test_all_of_them_cost_tokens_and_count_for_the_quota(ranked: Begin) -> None:
    talk = ranked(rules=replace(RULES, limits=AnswerLimits(answers=4, community_answers=0)))
    await talk.dialogue.types("/settings best_of 3")
    await talk.dialogue.says("Hello")
    read = sum(len(f"{line.text}".split()) for line in talk.model.requests[0].lines)
    told = (await talk.dialogue.types("/stats")).expect("Best of several: 1 of 3 answers were shown.")
    told.expect(f"{read * 3} + {sum(len(draft.split()) for draft in DRAFTS)} in this community")
    await talk.dialogue.says("One is left")
    (await talk.dialogue.refused("None is left")).expect("4 answers")


async def test_off_it_is_on_nobodys_way(ranked: Begin) -> None:
    talk = ranked()
    (await talk.dialogue.says("Hello")).expect(DRAFTS[0])
    (await talk.dialogue.types("/settings best_of 2")).expect("2 for each question")
    (await talk.dialogue.types("/settings best_of 1")).expect("off")
    await talk.dialogue.says("Again")
    assert (talk.scorer.asked, len(talk.model.requests)) == ([], 2)


async def test_if_they_cannot_be_ranked_the_first_is_shown(ranked: Begin) -> None:
    talk = ranked(scorer=LengthScorer(broken=True))
    await talk.dialogue.types("/settings best_of 3")
    with capture_logs() as logs:
        (await talk.dialogue.says("Hello")).expect(DRAFTS[0])
    assert [(line["event"], line["cause"]) for line in logs if "ranked" in line["event"]] == [
        ("answers_not_ranked", "it has no memory")
    ]


async def test_if_a_further_one_fails_those_that_are_there_compete(ranked: Begin) -> None:
    broken = ScriptedAnswer(error=ModelUnavailable("model-unavailable", "gone"))
    talk = ranked(ScriptedModel([DRAFTS[0], DRAFTS[1], broken]))
    await talk.dialogue.types("/settings best_of 3")
    (await talk.dialogue.says("Hello")).expect(DRAFTS[1])
    assert talk.scorer.asked[0][1] == DRAFTS[:2]


async def test_the_same_words_need_no_ranking(ranked: Begin) -> None:
    talk = ranked(ScriptedModel(["Always this."]))
    await talk.dialogue.types("/settings best_of 4")
    (await talk.dialogue.says("Hello")).expect("Always this.")
    assert (talk.scorer.asked, len(talk.model.requests)) == ([], 4)


async def test_tools_are_called_once_and_what_they_made_is_shown(ranked: Begin) -> None:
    weather = Weather()
    calling = ScriptedAnswer(calls=(ToolCall("1", "weather", '{"place": "Bern"}'),))
    model = ScriptedModel([calling, "It rains in Bern.", "It does not rain at all there."], calls_tools=True)
    talk = ranked(model, toolbox=weather)
    await talk.dialogue.types("/settings best_of 3")
    (await talk.dialogue.says("Weather?")).expect("It rains in Bern.")
    assert (len(weather.calls), len(model.requests), talk.scorer.asked) == (1, 2, [])


async def test_without_a_call_the_others_are_offered_no_tools(ranked: Begin) -> None:
    weather, model = Weather(), ScriptedModel(DRAFTS, calls_tools=True)
    talk = ranked(model, toolbox=weather)
    await talk.dialogue.types("/settings best_of 3")
    (await talk.dialogue.says("Hello")).expect(DRAFTS[1])
    assert [len(request.tools) for request in model.requests] == [1, 0, 0]
    assert not weather.calls


async def test_what_is_continued_is_written_once(ranked: Begin) -> None:
    cut = ScriptedModel([" ".join(["word"] * 2000), "and the end."])
    talk = ranked(cut)
    begun = await talk.dialogue.says("Tell me all")
    await talk.dialogue.types("/settings best_of 3")
    (await talk.dialogue.presses(begun, "continue", "#answer")).expect("and the end.")
    assert (talk.scorer.asked, len(cut.requests)) == ([], 2)


async def test_meanwhile_a_person_sees_that_it_is_being_written_and_can_stop_it(ranked: Begin) -> None:
    model = ScriptedModel([DRAFTS[0], ScriptedAnswer("Half", hangs=True)])
    talk = ranked(model)
    talk.dialogue.chat.types = False
    await talk.dialogue.types("/settings best_of 2")
    question = talk.dialogue.message("Hello")
    await talk.dialogue.send(question)
    key, shown = f"{question.key}#answer", talk.dialogue.chat.shown
    await talk.dialogue.chat.until(lambda: key in shown and len(model.requests) == 2)
    waiting: Reply = shown[key]
    assert (waiting.text, waiting.status, waiting.underway) == ("", "Thinking…", True)
    await talk.dialogue.send(talk.dialogue.press_action(Heard(key, waiting), waiting.buttons[0].action))
    (await talk.dialogue.finished(key)).expect(DRAFTS[0], "Stopped.")


@pytest.mark.parametrize(
    ("value", "words"),
    [("5", "a number from 1 (a single answer) to 4"), ("many", "“many” is not possible"), ("-2", "a number from 1")],
)
async def test_other_numbers_are_refused(ranked: Begin, value: str, words: str) -> None:
    (await ranked().dialogue.types(f"/settings best_of {value}", "#error")).expect(words)


async def test_without_a_reward_model_it_is_refused_and_not_offered(store: Database) -> None:
    core, chat = core_over(store, ScriptedModel(["Well."])), PaperChat()
    core.router.attach("paper", chat)
    dialogue = Dialogue(core, chat)
    (await dialogue.types("/settings best_of 2", "#error")).expect("parley train --method reward", "model.reward")
    assert "best is shown" not in (await dialogue.types("/settings")).reply.text


async def test_others_than_admins_cannot_set_it(ranked: Begin) -> None:
    dialogue = ranked().dialogue
    dialogue.user = replace(dialogue.user, admin=False)
    dialogue.place = Place("paper", "server", "square")
    (await dialogue.types("/settings best_of 2", "#error")).expect("admin")


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        (SamplingSettings(), SamplingSettings()),
        (SamplingSettings(temperature=0.1, seed=5), SamplingSettings(temperature=0.7, seed=7)),
        (SamplingSettings(temperature=0.9), SamplingSettings(temperature=0.9)),
        (SamplingSettings(temperature=2.0), SamplingSettings(temperature=2.0)),
    ],
)
def test_further_answers_differ(given: SamplingSettings, becomes: SamplingSettings) -> None:
    assert varied(given, 2) == becomes
