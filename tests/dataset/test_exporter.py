"""An export as whoever runs the server sees it."""

import asyncio
import gzip
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session

from core.dataset.export.exporter import FORMATS, export
from core.dataset.export.options import ExportOptions
from core.dataset.export.pieces import ExportPieces
from core.errors import OperatorError
from core.store.engine.database import Database
from core.store.model_names import note, noted
from core.store.tables import MessageRow, now
from tests.dataset.people import OPEN, TERMS, talker

pytestmark = pytest.mark.above_the_store


def talk(session: Session) -> None:
    ana = talker(session, "ana")
    for n in range(30):
        ana.rates(ana.asks(f"question {n}", f"answer {n}"), 1 if n % 3 else -1)


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_the_same_data_makes_the_same_bytes(store: Database, tmp_path: Path) -> None:
    await store.write(talk)
    options = ExportOptions(terms=TERMS, switches=OPEN.switches, seed="pepper")
    for format in FORMATS:
        for name in ("one.jsonl.gz", "two.jsonl.gz", "three.jsonl"):
            counts = await export(store, format, tmp_path / name, options)
        one, two, three = ((tmp_path / name).read_bytes() for name in ("one.jsonl.gz", "two.jsonl.gz", "three.jsonl"))
        assert one == two
        assert gzip.decompress(one) == three
        assert three.count(b"\n") == counts.rows


async def test_progress_reaches_its_end(store: Database, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    await store.write(talk)
    await export(store, "oasst-messages", tmp_path / "out.jsonl", OPEN, tell, ExportPieces(step=25))
    assert told == [(25, 60), (50, 60), (60, 60)]


async def test_a_cancelled_export_leaves_no_file(store: Database, tmp_path: Path) -> None:
    loop, began, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def hold(done: int, total: int) -> None:
        loop.call_soon_threadsafe(began.set)
        assert go_on.wait(10)

    pieces = ExportPieces(step=1, chat_trees=5)
    await store.write(talk)
    (tmp_path / "out").mkdir()
    task = asyncio.create_task(export(store, "oasst-messages", tmp_path / "out" / "out.jsonl", OPEN, hold, pieces))
    await began.wait()
    task.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.slow
@pytest.mark.in_the_store
async def test_a_running_bot_goes_on_writing_meanwhile(store: Database, tmp_path: Path) -> None:
    loop, began, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def hold(done: int, total: int) -> None:
        loop.call_soon_threadsafe(began.set)
        assert go_on.wait(10)

    pieces = ExportPieces(step=1, chat_trees=5)
    await store.write(talk)
    task = asyncio.create_task(export(store, "oasst-messages", tmp_path / "out.jsonl", OPEN, hold, pieces))
    await began.wait()
    await store.write(lambda session: talker(session, "ben").asks("Meanwhile", "Yes."))
    go_on.set()
    assert (await task).rows == 62


async def test_an_unknown_format_names_those_that_are_known(store: Database, tmp_path: Path) -> None:
    with pytest.raises(
        OperatorError,
        match="'csv'; choose one of oasst-trees, oasst-messages, oasst-threads, hf, sft, preference, reward, kto",
    ):
        await export(store, "csv", tmp_path / "out.jsonl", OPEN)


async def test_models_have_their_true_names(store: Database, tmp_path: Path) -> None:
    def live(session: Session) -> None:
        answer = talker(session, "ana").asks("Do birds fly?", "Most do.")
        session.get_one(MessageRow, answer).model = "embedded"
        note(session, {"embedded": "SmolLM2-135M-Instruct"}, now())

    await store.write(live)
    names = await store.read(lambda session: noted(session, frozenset({"embedded"})))
    await export(store, "oasst-messages", tmp_path / "out.jsonl", replace(OPEN, models=names))
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row.get("model_name") for row in rows] == [None, "SmolLM2-135M-Instruct"]
