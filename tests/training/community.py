"""A community that has rated enough to train on, and what a trainer would make of it."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table, create_engine, insert, select
from sqlmodel import Session

from core.dataset.export.consent import ExportSwitches
from core.messages import Place
from core.store.engine.units import session_on
from core.store.export_switches import switch
from core.store.schema import METADATA
from core.training.base import TrainingBase, find_base
from core.training.preparation import InstallationFacts
from core.training.rows import digest
from core.training.runs import OUTCOME, RUN, TrainingRun
from tests.dataset.people import TERMS, talker
from tests.keys import KEYRING
from tests.trainer.tiny import tiny_base, tiny_lora

PEOPLE, QUESTIONS = 12, 3
PERSONA = "You are Parley. Answer briefly."
FIGURES = {"facts": 18, "facts_of": 30, "nats": 3.97, "words": 60.0, "repetition": 0.1, "answers": 24}
REWARDS = {
    **{"pairs": 60, "prompts": 20, "right": 0.8, "length_correlation": -0.3},
    **{"longer_better": 20, "longer_right": 14, "shorter_better": 35, "shorter_right": 31},
}
"""What a good reward model says of held-out pairs."""


def lively(session: Session) -> None:
    """People who each got two answers to some questions, and liked one of them."""
    # Playing it takes half a second, and sixty tests begin with it.
    for table, rows in lively_rows():
        session.execute(insert(table), rows)


@cache
def lively_rows() -> Sequence[tuple[Table, list[dict[str, Any]]]]:
    """The rows that a lively community leaves in an empty database."""
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.begin() as connection, closing(session_on(connection, KEYRING)) as session:
        connection.exec_driver_sql("BEGIN")
        play(session)
        session.flush()
        found = {table: session.execute(select(table)).mappings().all() for table in METADATA.sorted_tables}
    engine.dispose()
    return [(table, [dict(row) for row in rows]) for table, rows in found.items() if rows]


def play(session: Session) -> None:
    """Let people talk and rate."""
    for number in range(PEOPLE):
        visit(session, number)
    switch(session, platform="paper", source="", allowed=True, said="")


def visit(session: Session, number: int, about: str = "What about") -> None:
    """Let somebody ask some questions, get two answers to each, and like one of them."""
    one = talker(session, f"person {number}", place=Place("paper", "server", f"room {number}"))
    for count in range(QUESTIONS):
        question = one.says(f"{about} {number} and {count}?")
        better, worse = one.hears(question, f"Short {number}."), one.hears(question, f"Long-winded {number}. " * 9)
        one.rates(better, 1)
        one.rates(worse, -1)


def facts(home: Path) -> InstallationFacts:
    """What a run needs to know of an installation on which paper may be exported."""
    return InstallationFacts(home, TERMS, "apache-2.0", "1.0", ExportSwitches({"paper": True}), PERSONA)


def tiny(folder: Path, family: str = "llama") -> TrainingBase:
    """A tiny model to begin with."""
    return find_base(folder, str(tiny_base(folder / f"{family}.gguf", family)))


def made(run: TrainingRun, folder: Path | None = None, seed: int = 8, **after: Any) -> Mapping[str, Any]:
    """Write what a trainer leaves, with these figures after the training, in the run's folder or another one."""
    where, record = folder or run.folder, run.record
    ranks = record["method"] == "reward"
    figures = REWARDS if ranks else FIGURES
    whole = record["merge"] or not record["lora"] or ranks
    models = [tiny_base(where / "model.gguf", record["base"]["architecture"], seed, ranks=ranks)] if whole else []
    models += [tiny_lora(where / "adapter.gguf", seed)] if record["lora"] and not ranks else []
    outcome = {
        "run": digest(run.folder / RUN),
        "versions": {"torch": "2.13.0"},
        "device": "cpu",
        "before": figures,
        "after": {**figures, **after},
        "held_out": {"rows": 9, "held_out_rows": 1, "steps": 2, "before": {}, "after": {}},
        "files": {model.name: digest(model) for model in models},
    }
    (where / OUTCOME).write_text(json.dumps(outcome))
    return outcome
