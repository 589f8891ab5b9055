"""What fails at a boundary while a member's request is dealt with is counted, by what followed, and logged."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from core.backoff import SHARE
from core.errors import ModelTimeout, ModelUnavailable, UncertainDelivery, UnreachableError, WriteRefused
from core.event_work import LONGEST_PAUSE, LONGEST_STORE_PAUSE
from core.messages import AnyEvent, Place, Reply
from core.metrics import Boundary, FailureOutcome, Metrics
from core.models.scripted import ScriptedAnswer, ScriptedModel
from core.store.engine.database import Database
from tests.core.building import core_over
from tests.core.conftest import echo
from tests.core.test_router import Failing
from tests.dialogue import Dialogue
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store


@dataclass(slots=True)
class FailingChat(PaperChat):
    """A platform whose next requests fail, `times` of them."""

    error: Exception = field(default_factory=Exception)
    times: int = 0

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        if self.times:
            self.times -= 1
            raise self.error
        return await PaperChat.send(self, place, reply, key, cause)


@dataclass(frozen=True, slots=True)
class Case:
    """A line that somebody writes, and what fails then."""

    line: str
    model: Callable[[], ScriptedModel] = echo
    error: Exception = field(default_factory=Exception)
    times: int = 0
    refused: int = 0


def failing(error: Exception) -> Callable[[], ScriptedModel]:
    return lambda: ScriptedModel([ScriptedAnswer(error=error)])  # type: ignore[arg-type]


CASES = {
    ("model", "failed", "answer_failed"): Case("Hi", failing(ModelUnavailable("model-unavailable"))),
    ("model", "timeout", "answer_failed"): Case("Hi", failing(ModelTimeout("model-timeout"))),
    ("platform", "retried", "platform_unreachable"): Case("/help", error=UnreachableError("away"), times=1),
    ("platform", "refused", "platform_refused"): Case("/help", error=WriteRefused("write-refused", "50013"), times=1),
    ("platform", "uncertain", "answer_unsure"): Case("Hi", error=UncertainDelivery("cut"), times=1),
    ("platform", "given_up", "event_given_up"): Case("Hi", error=UnreachableError("away"), times=sys.maxsize),
    ("store", "retried", "store_failed"): Case("Hi", refused=2),
}


@pytest.mark.parametrize(("boundary", "outcome", "line"), CASES)
async def test_each_failure_is_counted_and_logged(store: Database, boundary: str, outcome: str, line: str) -> None:
    case = CASES[boundary, outcome, line]
    chat = FailingChat(error=case.error, times=case.times)
    core = core_over(Failing(store, case.refused), case.model())
    dispatch = replace(core.router.dispatch, assistant=replace(core.router.dispatch.assistant, first_pause=0.0))
    work = replace(core.router.work, dispatch=dispatch, first_pause=0.0)
    core = replace(core, router=replace(core.router, dispatch=dispatch, work=work))
    core.router.attach("paper", chat)
    dialogue = Dialogue(core, chat)
    with capture_logs() as logged:
        await dialogue.send(dialogue.command(case.line) if case.line[0] == "/" else dialogue.message(case.line))
        await dialogue.settled()
    labels = {"boundary": boundary, "outcome": outcome}
    counted = core.router.metrics.registry.get_sample_value("parley_boundary_failures_total", labels)
    assert counted == sum(entry["event"] == line for entry in logged) > 0


class ToldOfFailure(Metrics):
    """Metrics that say when something has failed."""

    def __init__(self) -> None:
        super().__init__(CollectorRegistry())
        self.failed = asyncio.Event()

    def boundary_failed(self, boundary: Boundary, outcome: FailureOutcome) -> None:
        self.failed.set()


@pytest.mark.parametrize(("boundary", "longest"), [("store", LONGEST_STORE_PAUSE), ("platform", LONGEST_PAUSE)])
async def test_work_goes_on_within_seconds_of_the_database_s_return(
    store: Database, boundary: str, longest: float
) -> None:
    case = CASES[boundary, "retried", f"{boundary}_{'failed' if boundary == 'store' else 'unreachable'}"]
    core = core_over(Failing(store, case.refused), case.model())
    # As after many tries.
    metrics = ToldOfFailure()
    work = replace(core.router.work, first_pause=sys.maxsize, metrics=metrics)
    core = replace(core, router=replace(core.router, work=work))
    chat = FailingChat(error=case.error, times=case.times)
    core.router.attach("paper", chat)
    dialogue = Dialogue(core, chat)
    with capture_logs() as logged:
        await dialogue.send(dialogue.command(case.line) if case.line[0] == "/" else dialogue.message(case.line))
        await asyncio.wait_for(metrics.failed.wait(), 20)
        await core.router.drain(0)
    (pause,) = [entry["again_in"] for entry in logged if "again_in" in entry]
    assert longest * (1 - SHARE) <= pause <= longest
