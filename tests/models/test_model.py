"""The embedded model with a real child: a real llama.cpp and a tiny random model."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import aclosing, suppress
from itertools import repeat
from pathlib import Path

import httpx
import psutil
import pytest
from structlog.testing import capture_logs

from core.errors import ModelFileError, ModelTimeout, ModelUnavailable, OperatorError, PromptTooLong, SettingsError
from core.models.embedded.default import DEFAULT_SHA256
from core.models.embedded.model import EmbeddedModel
from core.models.embedded.supervisor import RestartPolicy
from core.models.remote.circuit_breaker import CircuitBreaker
from core.models.timeouts import ModelTimeouts
from core.ports.model import AnswerPiece, PromptLine, SamplingSettings
from tests.models.conftest import Embed
from tests.models.standin import ASK, FEW, pieces, said
from tests.tiny_model import tiny_gguf

LONG = SamplingSettings(max_new_tokens=100_000, temperature=1.0, seed=1)
"""Until the window is full: far longer than any of these tests."""


async def words(model: EmbeddedModel, text: str) -> int:
    return await model.count([PromptLine("user", text)])


async def dead(pid: int) -> None:
    """Wait for the end of a process that need not be our child."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        await asyncio.to_thread(psutil.wait_procs, [process], 20)
        assert process.status() == psutil.STATUS_ZOMBIE


async def test_answers_with_counts(embed: Embed) -> None:
    model = embed()
    spoken = await pieces(model)
    assert "".join(piece.text for piece in spoken)
    assert spoken[-1] == AnswerPiece(
        finish="length", prompt_tokens=await model.count(ASK), cached_tokens=0, completion_tokens=FEW.max_new_tokens
    )


async def test_the_same_seed_says_the_same_in_pieces(embed: Embed) -> None:
    model = embed()
    sampling = SamplingSettings(temperature=1.0, seed=3, max_new_tokens=200)
    first = await pieces(model, sampling=sampling)
    assert len(first) > 3
    assert await said(model, sampling=sampling) == "".join(piece.text for piece in first)


async def test_a_longer_conversation_uses_the_cache(embed: Embed) -> None:
    model = embed()
    lines = [PromptLine("user", "hello and yes " * 40)]
    answer = await said(model, lines)
    longer = [*lines, PromptLine("assistant", answer), PromptLine("user", "and")]
    last = (await pieces(model, longer))[-1]
    assert last.cached_tokens >= await model.count(lines) - 1


async def test_more_conversations_than_slots_keep_their_histories(embed: Embed) -> None:
    model = embed(slots=2)
    beginning = PromptLine("system", "hello and yes " * 40)
    talks = {
        name: [beginning, PromptLine("user", f"{name} is the {name} " * 10)] for name in ("ana", "bo", "cy", "di", "ed")
    }
    read = dict.fromkeys(talks, 0)
    for _ in range(4):
        for name, lines in talks.items():
            spoken = [piece async for piece in model.stream(lines, FEW, name)]
            # Nothing is read twice, though others have been in the slot and begin with the same text.
            assert spoken[-1].cached_tokens >= read[name] - 1
            read[name] = spoken[-1].prompt_tokens
            lines += [PromptLine("assistant", "".join(piece.text for piece in spoken)), PromptLine("user", "and")]


async def test_counts_exactly_what_the_model_reads(embed: Embed) -> None:
    model = embed()
    conversation = [PromptLine("system", "is"), *ASK, PromptLine("assistant", "yes the")]
    for lines in (
        ASK,
        conversation[:2],
        conversation,
        [*conversation, *ASK],
        [PromptLine("user", "Grüße 👋 \0 \n\n ")],
    ):
        assert (await pieces(model, lines))[-1].prompt_tokens == await model.count(lines)


async def test_carries_on_a_text_and_says_only_what_is_new(embed: Embed) -> None:
    model = embed()
    begun = [*ASK, PromptLine("assistant", "yes the")]
    await said(model)
    spoken = await pieces(model, begun)
    assert spoken[-1].prompt_tokens == await model.count(begun)
    # It reads on from the beginning of an answer, which the model has read before.
    assert spoken[-1].cached_tokens >= await model.count(ASK) - 1
    assert "yes the" not in "".join(piece.text for piece in spoken)


async def test_markers_in_a_text_do_not_become_control_tokens(embed: Embed) -> None:
    model = embed()
    one, two = [await words(model, "<|im_end|>" * times) for times in (1, 2)]
    # A control token counts one; as text the tiny vocabulary needs a token for nearly each of its characters.
    assert two - one > len("<|im_end|>") - 2


async def test_a_prompt_beyond_the_window_is_refused_with_the_numbers(embed: Embed) -> None:
    model = embed()
    lines = [PromptLine("user", "hello " * 3000)]
    with pytest.raises(PromptTooLong) as refused:
        await said(model, lines)
    assert refused.value.values == {"tokens": await model.count(lines), "window": 2048}
    assert await said(model)


async def test_the_window_is_never_more_than_the_model_knows(embed: Embed) -> None:
    model = embed(context=100_000)
    assert model.window == 100_000
    await model.start()
    assert model.window == 2048


async def test_an_answer_ends_where_the_window_does(embed: Embed) -> None:
    last = (await pieces(embed(context=256), sampling=LONG))[-1]
    assert (last.finish, last.prompt_tokens + last.completion_tokens) == ("length", 256)


async def test_closing_an_answer_frees_the_slot(embed: Embed) -> None:
    model = embed(context=2048)
    for _ in range(3):
        async with aclosing(model.stream(ASK, LONG)) as answer:
            await anext(answer)
    assert await said(model)


async def test_closing_an_answer_while_the_prompt_is_read_frees_the_slot(embed: Embed) -> None:
    model = embed()
    reading = asyncio.ensure_future(anext(model.stream([PromptLine("user", "hello and yes " * 140)], LONG)))
    await asyncio.sleep(0)
    reading.cancel()
    assert await said(model)


async def test_several_answers_at_once(embed: Embed) -> None:
    model = embed(slots=4)
    answers = await asyncio.gather(*(said(model) for _ in range(12)))
    assert all(answers)


async def test_starts_with_the_first_request_and_stops_for_good(embed: Embed) -> None:
    model = embed()
    assert (model.state, model.pid) == ("stopped", None)
    await said(model)
    pid = model.pid
    assert (model.state, pid is not None) == ("ready", True)
    await model.aclose()
    assert (model.state, model.pid) == ("stopped", None)
    assert not psutil.pid_exists(pid or 0)
    with pytest.raises(ModelUnavailable):
        await said(model)


async def test_stops_while_it_is_starting(embed: Embed) -> None:
    model = embed()
    asking = asyncio.create_task(said(model))
    await asyncio.sleep(0)
    await model.aclose()
    with pytest.raises(ModelUnavailable):
        await asking


async def test_stops_in_the_middle_of_an_answer(embed: Embed) -> None:
    model = embed()
    answer = model.stream(ASK, LONG)
    await anext(answer)
    await model.aclose()
    with pytest.raises(ModelUnavailable):
        async for _ in answer:
            pass


async def test_nobody_else_can_reach_it(embed: Embed, tmp_path: Path) -> None:
    model = embed()
    await model.start()
    (socket,) = (tmp_path / "run").glob("model-*/*")
    assert socket.parent.stat().st_mode & 0o777 == 0o700
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(socket))) as http:
        for path in ("v1/models", "props", "slots", "v1/chat/completions"):
            assert (await http.get(f"http://localhost/{path}")).status_code == 401
    await model.aclose()
    assert list((tmp_path / "run").iterdir()) == []


async def test_the_key_is_nowhere_to_be_read(embed: Embed) -> None:
    model = embed()
    await model.start()
    child = psutil.Process(model.pid)
    shown = " ".join(child.cmdline()) + str(child.environ())
    assert "key" not in shown.lower()


async def test_a_home_too_long_for_a_socket_is_no_obstacle(embed: Embed, tmp_path: Path) -> None:
    assert await said(embed(home=tmp_path / ("x" * 120)))


async def test_without_unix_sockets_it_serves_on_loopback(embed: Embed) -> None:
    model = embed(unix=False)
    assert await said(model)
    (listening,) = [link for link in psutil.Process(model.pid).net_connections() if link.status == psutil.CONN_LISTEN]
    assert listening.laddr.ip == "127.0.0.1"
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"http://127.0.0.1:{listening.laddr.port}/v1/models")).status_code == 401


# Death and recovery


def kill(model: EmbeddedModel) -> None:
    assert model.pid
    os.kill(model.pid, signal.SIGKILL)


async def test_a_death_in_the_middle_of_an_answer_ends_that_answer_and_no_other(embed: Embed) -> None:
    model = embed()
    answer = model.stream(ASK, LONG)
    await anext(answer)
    kill(model)
    with pytest.raises(ModelUnavailable) as raised:
        async for _ in answer:
            pass
    assert raised.value.key == "model-unavailable"
    assert await said(model)


async def test_a_death_between_answers_goes_unnoticed(embed: Embed) -> None:
    model = embed()
    for _ in range(3):
        assert await said(model)
        kill(model)
    assert await model.count(ASK)


async def test_who_asks_while_its_death_is_being_noticed_waits_for_its_return(embed: Embed) -> None:
    model = embed()
    await model.start()
    kill(model)
    async with asyncio.timeout(20):
        for pause in repeat(0):
            if model.pid is None:
                break
            await asyncio.sleep(pause)
    assert model.state == "ready"
    assert await said(model)


async def test_the_operator_reads_how_it_died_and_when_it_comes_back(embed: Embed) -> None:
    model = embed()
    with capture_logs() as logs:
        await model.start()
        kill(model)
        await said(model)
    ready, died, again = logs
    assert (ready["event"], ready["model"]) == ("model_ready", "tiny")
    assert (died["event"], died["cause"], died["log_level"]) == ("model_died", "signal SIGKILL", "error")
    assert died["restart_in_seconds"] == 0.0
    assert again["event"] == "model_ready"


@pytest.mark.slow
async def test_after_five_quick_deaths_people_are_not_kept_waiting(embed: Embed) -> None:
    clock = [0.0]
    model = embed(breaker=CircuitBreaker(clock=lambda: clock[0], rest=0.2))
    for _ in range(5):
        await model.start()
        kill(model)
        state = await model.changed()
    assert state == "open"
    with pytest.raises(ModelUnavailable) as raised:
        await said(model)
    assert "SIGKILL" in raised.value.cause
    # The rest is over, and the trial succeeds.
    clock[0] = 15.0
    while await model.changed() != "ready":
        pass
    assert await said(model)


async def test_a_child_that_hangs_is_ended_and_replaced(embed: Embed) -> None:
    model = embed(patience=ModelTimeouts(first_token=0.05))
    await model.start()
    hung = model.pid
    assert hung
    os.kill(hung, signal.SIGSTOP)
    for _ in range(2):
        with pytest.raises(ModelTimeout):
            await said(model)
    await dead(hung)
    answering = embed()
    assert await said(answering)


@pytest.mark.slow
async def test_the_child_dies_with_its_parent_and_leaves_nothing_behind(tiny_model_file: Path, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.models.parent_program", str(tiny_model_file), str(tmp_path)]
    parent = await asyncio.create_subprocess_exec(
        *program, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    assert parent.stderr
    child = int(await parent.stderr.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    await parent.wait()
    await dead(child)
    assert os.listdir(tmp_path) == []


# Files that are not models


def cut(file: Path, path: Path) -> None:
    path.write_bytes(file.read_bytes()[:-100])


def emptied(file: Path, path: Path) -> None:
    path.touch()


def noise(file: Path, path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 100)


def absent(file: Path, path: Path) -> None:
    return


def strange(file: Path, path: Path) -> None:
    path.write_bytes(file.read_bytes().replace(b"llama", b"lmaal"))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (absent, "does not exist"),
        (emptied, "it is empty"),
        (noise, "not a GGUF file"),
        (cut, "is cut"),
        (strange, "unknown model architecture"),
    ],
)
async def test_a_bad_file_is_explained_to_the_operator_and_people_are_told(
    embed: Embed, tiny_model_file: Path, tmp_path: Path, spoil: Callable[[Path, Path], None], reason: str
) -> None:
    path = tmp_path / "bad.gguf"
    spoil(tiny_model_file, path)
    model = embed(file=path)
    with capture_logs() as logs:
        with pytest.raises(OperatorError, match=reason):
            await model.start()
        for ask in (said(model), model.count(ASK)):
            with pytest.raises(ModelUnavailable) as raised:
                await ask
            assert raised.value.key == "model-missing"
    assert (model.state, len(logs), logs[0]["event"]) == ("open", 1, "model_cannot_start")
    assert reason in logs[0]["cause"]


async def test_a_file_that_is_mended_is_served(embed: Embed, tmp_path: Path) -> None:
    path = tmp_path / "later.gguf"
    model = embed(file=path, recovery=RestartPolicy(next_try=0.01))
    with pytest.raises(ModelFileError):
        await model.start()
    tiny_gguf(path)
    while await model.changed() != "ready":
        pass
    assert await said(model)


async def test_damaged_weights_are_not_served(embed: Embed, tmp_path: Path) -> None:
    path = tmp_path / "damaged.gguf"
    sha256 = tiny_gguf(path)
    assert await said(embed(file=path, sha256=sha256))
    content = bytearray(path.read_bytes())
    content[-1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="damaged"):
        await embed(file=path, sha256=sha256).start()


@pytest.mark.parametrize(
    "wrong", [{"slots": 0}, {"slots": -1}, {"slots": 1000}, {"context": 2**31}, {"batch": 0}, {"cache_mib": -1}]
)
def test_numbers_that_native_code_does_not_survive_are_wrong_settings(embed: Embed, wrong: dict[str, int]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        embed(**wrong)


# The real default model


@pytest.fixture
def real(embed: Embed, default_file: Path) -> EmbeddedModel:
    return embed(file=default_file, sha256=DEFAULT_SHA256, name="SmolLM2")


@pytest.mark.slow
@pytest.mark.default_model
async def test_the_default_model_answers_a_question(real: EmbeddedModel) -> None:
    lines = [PromptLine("system", "You answer in one word."), PromptLine("user", "What is 2+2?")]
    spoken = await pieces(real, lines, SamplingSettings(temperature=0.1, max_new_tokens=24, seed=1))
    assert "4" in "".join(piece.text for piece in spoken)
    assert spoken[-1].prompt_tokens == await real.count(lines)


@pytest.mark.default_model
async def test_the_default_model_reads_markers_in_a_text_as_text(real: EmbeddedModel) -> None:
    plain = await words(real, "hello")
    marked = await words(real, "hello" + "<|im_start|>" * 10)
    assert marked - plain > 40


@pytest.mark.slow
@pytest.mark.default_model
async def test_the_default_models_slot_is_freed(real: EmbeddedModel) -> None:
    async with aclosing(real.stream(ASK, LONG)) as answer:
        await anext(answer)
    assert await said(real)
