"""A base, a model that was trained from it, and an adapter for it are served at once, and each answers as itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from core.errors import ModelFileError, ModelUnavailable, OperatorError
from core.models.embedded import gguf
from core.models.embedded.memory import check_room, free_mib, needed_mib
from core.models.embedded.model import EmbeddedModel
from core.models.embedded.server import ModelServerOptions
from core.models.embedded.supervisor import EmbeddedSettings
from core.models.registry import ModelRegistry
from core.ports.model import PromptLine, SamplingSettings
from tests.models.standin import said
from tests.trainer.tiny import tiny_base, tiny_lora

GREEDY = SamplingSettings(temperature=0.01, top_k=1, max_new_tokens=12, seed=1)
BEGINNING = [PromptLine("system", "the system is in the hand " * 4), PromptLine("user", "the question and the answer")]
LONGER = [*BEGINNING, PromptLine("assistant", "the hand"), PromptLine("user", "and the other hand")]
NAMES = ("base", "trained", "adapted")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a base, a whole model of its shape, and an adapter."""
    folder = tmp_path_factory.mktemp("variants")
    tiny_base(folder / "base.gguf", "llama", 3)
    tiny_base(folder / "trained.gguf", "llama", 4)
    tiny_lora(folder / "adapter.gguf")
    return folder


def variant(files: Path, name: str, **changed: object) -> EmbeddedSettings:
    """How one of the three is served, on as many cores as all the others, with the caches that everybody has."""
    adapted = name == "adapted"
    file = files / ("base.gguf" if adapted else f"{name}.gguf")
    fields = {"file": file, "name": name, "slots": 2, "context": 512, "threads": 1, "home": files / "run", **changed}
    return EmbeddedSettings(**fields, adapter=files / "adapter.gguf" if adapted else None)  # type: ignore[arg-type]


@pytest.fixture
async def closing() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.mark.slow
async def test_asked_by_turns_with_the_same_beginning_each_answers_as_itself(
    files: Path, closing: AsyncExitStack
) -> None:
    alone: dict[str, list[str]] = {}
    for name in NAMES:
        # A child that has never seen another variant.
        model = EmbeddedModel(variant(files, name, cache_mib=0))
        alone[name] = [await said(model, lines, GREEDY) for lines in (BEGINNING, LONGER)]
        await model.aclose()
    assert len({answers[0] for answers in alone.values()}) == len(NAMES), "they have to differ, or nothing is proven"

    registry = ModelRegistry({name: partial(EmbeddedModel, variant(files, name)) for name in NAMES}, "base")
    closing.push_async_callback(registry.aclose)
    for turn, lines in enumerate((BEGINNING, LONGER)):
        for name in (*NAMES, *reversed(NAMES)):
            assert await said(registry.get(name).model, lines, GREEDY) == alone[name][turn]
    pids = {getattr(registry.get(name).model, "pid", None) for name in NAMES}
    assert len(pids) == len(NAMES)


async def test_a_damaged_adapter_or_another_base_is_refused(files: Path, closing: AsyncExitStack) -> None:
    digest = gguf.digest(files / "base.gguf")
    other_base = EmbeddedModel(variant(files, "adapted", sha256=digest[::-1]))
    damaged = EmbeddedModel(variant(files, "adapted", sha256=digest, adapter_sha256=digest))
    for model in (other_base, damaged):
        closing.push_async_callback(model.aclose)
        with pytest.raises(ModelFileError, match="is damaged: its SHA-256"):
            await model.start()


async def test_beside_another_model_it_starts_only_if_there_is_room(
    files: Path, closing: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.models.embedded.supervisor.free_mib", lambda: 100)
    model = EmbeddedModel(variant(files, "trained", beside=True))
    closing.push_async_callback(model.aclose)
    with pytest.raises(
        OperatorError, match=r"trained needs about (\d+) MiB .* and 100 MiB are free: \d+ MiB are missing"
    ):
        await model.start()
    registry = ModelRegistry({"old": lambda: model, "trained": lambda: model}, "old")
    registry.get("trained")
    assert not registry.able("trained")
    with pytest.raises(ModelUnavailable):
        await model.count(BEGINNING)
    first = EmbeddedModel(variant(files, "trained"))
    closing.push_async_callback(first.aclose)
    await first.start()


async def test_beside_another_model_its_threads_do_not_spin(files: Path, closing: AsyncExitStack) -> None:
    for beside in (True, False):
        model = EmbeddedModel(variant(files, "trained", beside=beside))
        closing.push_async_callback(model.aclose)
        await model.start()
        told = await asyncio.to_thread(Path(f"/proc/{model.pid}/environ").read_bytes)
        assert (b"GOMP_SPINCOUNT=1000" in told.split(b"\0")) is beside


def options(cache_mib: int = 0) -> ModelServerOptions:
    return ModelServerOptions(
        model="", key="", socket="", slots=4, context=2048, threads=1, batch=64, cache_mib=cache_mib, thinking=False,
        seconds=1.0,
    )  # fmt: skip


def test_the_memory_of_a_model_is_its_weights_and_its_caches(default_file: Path) -> None:
    header = gguf.check(default_file)
    # 30 layers with 3 heads of 64 numbers for keys and as many for values, of two bytes each.
    assert header.cache == 30 * 3 * (64 + 64) * 2
    needed = needed_mib(header, default_file.stat().st_size, options())
    assert needed == (default_file.stat().st_size + header.cache * 2048 * 4) // (1 << 20) + 64
    assert needed_mib(header, default_file.stat().st_size, options(256)) == needed + 256


def test_what_is_free_is_the_least_of_the_machine_and_the_group(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:  8388608 kB\nMemFree: 100 kB\nMemAvailable:    2097152 kB\n")
    assert free_mib(meminfo, tmp_path) == 2048
    (tmp_path / "memory.max").write_text("1073741824\n")
    (tmp_path / "memory.current").write_text("805306368\n")
    (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 104857600\n")
    assert free_mib(meminfo, tmp_path) == 256 + 100
    (tmp_path / "memory.max").write_text("max\n")
    assert free_mib(meminfo, tmp_path) == 2048
    assert free_mib(tmp_path / "none", tmp_path / "none") is None
    check_room("m", 10**6, None)
