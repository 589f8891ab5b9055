"""What a run is made of: what the export would give, less the held-out, by the method for which there is enough."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from core.errors import OperatorError
from core.messages import Place, User
from core.store import people
from core.store.engine.database import Database
from core.store.identities import known_person
from core.store.tables import AccountRow
from core.store.training_people import agreeing_accounts, contributors, training_key
from core.training.base import find_base
from core.training.checks import check_ready, left_runs
from core.training.configuration import WantedTraining
from core.training.outcome import finish
from core.training.people import Departures, others
from core.training.preparation import RowGate, prepare
from core.training.rows import row_mark
from core.training.runs import CARD, RUN, TRAINED, TrainingRun, all_runs, remove_run
from tests.dataset.people import talker
from tests.training.community import PEOPLE, PERSONA, QUESTIONS, facts, lively, made, tiny, visit
from tests.training.test_base import folder_of

pytestmark = pytest.mark.above_the_store

FEW = WantedTraining(least=5)
SIDES = ("train", "held-out")


def said(text: str) -> None:
    """Nobody listens."""


def rows(run: TrainingRun, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run.folder / name).read_text().splitlines()]


def flip_last_bit(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


async def prepared(store: Database, home: Path, wanted: WantedTraining = FEW) -> TrainingRun:
    await store.write(lively)
    return await prepare(store, facts(home), tiny(home), wanted, said)


@pytest.mark.in_the_store
async def test_pairs_make_a_run_with_its_data_its_seal_and_nobodys_name(store: Database, tmp_path: Path) -> None:
    run = await prepared(store, tmp_path)
    train, held = rows(run, "train.jsonl"), rows(run, "held-out.jsonl")
    record = run.record
    assert (run.name, run.state, record["method"], record["lora"]) == ("llama-dpo-1", "prepared", "dpo", False)
    assert len(train) + len(held) == PEOPLE * QUESTIONS
    assert all(set(row) == {"prompt", "chosen", "rejected"} for row in [*train, *held])
    assert train[0]["chosen"][0]["content"].startswith("Short")
    assert record["data"]["rows"] == len(train)
    assert record["data"]["languages"] == {"en": len(train)}
    assert record["data"]["sources"] == {"paper": len(train)}
    assert {row["prompt"][0]["content"] for row in train}.isdisjoint(row["prompt"][0]["content"] for row in held)
    asked = {row["prompt"][0]["content"].split()[2] for row in train}
    assert record["data"]["people"] == len(asked) == len(run.people.own)
    key = await store.read(training_key)
    run.check_seal(key)
    ids = await store.read(lambda session: [one.person_id for one in session.exec(select(AccountRow))])
    written = "".join(path.read_text() for path in run.folder.iterdir())
    assert not any(id in written for id in ids)


@pytest.mark.parametrize(
    ("wanted", "system"),
    [
        (FEW, PERSONA),
        (replace(FEW, system="Rhyme."), "Rhyme."),
        (replace(FEW, system=""), ""),
    ],
)
async def test_a_model_is_trained_below_the_line_that_it_answers_below(
    store: Database, tmp_path: Path, wanted: WantedTraining, system: str
) -> None:
    run = await prepared(store, tmp_path, wanted)
    assert run.record["system"] == system
    # The line belongs to the run, and a row stays the same row when the persona changes.
    assert all(row["prompt"][0]["role"] == "user" for row in rows(run, "train.jsonl"))


async def test_the_same_people_are_held_out_in_every_run(store: Database, tmp_path: Path) -> None:
    first = await prepared(store, tmp_path)
    second = await prepare(store, facts(tmp_path), tiny(tmp_path), replace(FEW, seed=2), said)
    assert second.name == "llama-dpo-2"
    assert rows(first, "held-out.jsonl") == rows(second, "held-out.jsonl")
    assert [run.name for run in all_runs(tmp_path)] == [first.name, second.name]


@pytest.mark.parametrize(
    ("method", "columns"), [("kto", {"prompt", "completion", "label"}), ("sft", {"prompt", "completion"})]
)
async def test_another_method_takes_what_it_can_learn_from(
    store: Database, tmp_path: Path, method: Any, columns: set[str]
) -> None:
    run = await prepared(store, tmp_path, replace(FEW, method=method))
    train = rows(run, "train.jsonl")
    assert set(train[0]) == columns
    assert train[0]["completion"][0]["role"] == "assistant"
    assert train[0]["prompt"][-1]["role"] == "user"
    if method == "kto":
        assert (run.record["data"]["good"], run.record["data"]["bad"]) == (len(train) / 2, len(train) / 2)
    else:
        assert all(row["completion"][0]["content"].startswith("Short") for row in train)


async def test_thumbs_are_balanced_by_those_that_it_trains_on(store: Database, tmp_path: Path) -> None:
    wanted = replace(FEW, method="kto")
    first = await prepared(store, tmp_path, wanted)
    made(first)
    finish(tmp_path, first, await store.read(training_key))

    def complain(session: Session) -> None:
        for number in range(PEOPLE, 3 * PEOPLE):
            one = talker(session, f"person {number}", place=Place("paper", "server", f"room {number}"))
            question = one.says(f"Any news of {number}?")
            one.rates(one.hears(question, "None."), 1 if number % 3 == 0 else -1)

    await store.write(complain)
    base = find_base(tmp_path, first.name)
    second = await prepare(store, facts(tmp_path), base, replace(wanted, new=True), said)
    labels = [row["label"] for row in rows(second, "train.jsonl")]
    good, bad = labels.count(True), labels.count(False)
    assert good < bad
    record = second.record
    assert (record["desirable_weight"], record["undesirable_weight"]) == (round(bad / good, 2), 1.0)


async def test_too_little_is_refused_with_what_is_missing_and_where_it_would_come_from(
    store: Database, tmp_path: Path
) -> None:
    with pytest.raises(OperatorError) as refused:
        await prepared(store, tmp_path, WantedTraining())
    words = str(refused.value)
    for method in ("dpo", "kto", "sft"):
        assert f"  {method}: " in words
    assert "are missing" in words
    assert "/tasks" in words
    assert all_runs(tmp_path) == []
    assert not list((tmp_path / "train").rglob("*.jsonl"))


async def test_without_consent_nothing_is_there_to_train_on(store: Database, tmp_path: Path) -> None:
    await store.write(lively)
    here = replace(facts(tmp_path), terms="3")
    with pytest.raises(OperatorError, match="0 of 5 pairs"):
        await prepare(store, here, tiny(tmp_path), FEW, said)


async def test_a_name_that_is_taken_or_none_is_refused(store: Database, tmp_path: Path) -> None:
    run = await prepared(store, tmp_path, replace(FEW, name="mine"))
    assert run.name == "mine"
    for name, words in (("mine", "already"), ("../out", "not a name"), ("bundled", "already")):
        with pytest.raises(OperatorError, match=words):
            await prepare(store, facts(tmp_path), tiny(tmp_path), replace(FEW, name=name), said)
    assert run.record["name"] == "mine"


@pytest.mark.slow
async def test_what_a_model_was_trained_on_is_left_out_where_only_new_rows_are_wanted(
    store: Database, tmp_path: Path
) -> None:
    first = await prepared(store, tmp_path)
    made(first)
    finish(tmp_path, first, await store.read(training_key))
    base = find_base(tmp_path, first.name)
    wanted = replace(FEW, new=True, name="second")
    with pytest.raises(OperatorError, match="dpo: 0 of 5 pairs"):
        await prepare(store, facts(tmp_path), base, replace(wanted, method="dpo"), said)

    def more(session: Session) -> None:
        for number in range(PEOPLE, 2 * PEOPLE):
            visit(session, number, "Any news of")

    await store.write(more)
    second = await prepare(store, facts(tmp_path), base, wanted, said)
    assert all(row["prompt"][0]["content"].startswith("Any news of") for row in rows(second, "train.jsonl"))
    made(second, seed=9)
    finish(tmp_path, second, await store.read(training_key))

    def still_more(session: Session) -> None:
        for number in range(2 * PEOPLE, 3 * PEOPLE):
            visit(session, number, "What became of")

    await store.write(still_more)
    base = find_base(tmp_path, second.name)
    third = await prepare(store, facts(tmp_path), base, replace(wanted, name="third"), said)
    assert all(row["prompt"][0]["content"].startswith("What became of") for row in rows(third, "train.jsonl"))
    everything = await prepare(store, facts(tmp_path), tiny(tmp_path), replace(wanted, name="everything"), said)
    assert set(everything.trained) == set(third.trained) > set(second.trained) > set(first.trained)


async def test_what_a_model_was_trained_on_is_asked_of_its_run(store: Database, tmp_path: Path) -> None:
    first, key = await prepared(store, tmp_path), await store.read(training_key)
    made(first)
    finish(tmp_path, first, key)
    copied = Path(shutil.copy(find_base(tmp_path, first.name).source, tmp_path / "elsewhere.gguf"))
    new = replace(FEW, new=True, method="dpo")
    for name in (first.name, str(copied)):
        with pytest.raises(OperatorError, match=r"dpo: 0 of 5 pairs.*\n.*what the base was trained on"):
            await prepare(store, facts(tmp_path), find_base(tmp_path, name), new, said)
    bases = [find_base(tmp_path, name) for name in (first.name, str(copied))]
    remove_run(first)
    for base in bases:
        for wanted in (new, FEW):
            with pytest.raises(OperatorError, match="nobody knows on which rows and on whose data"):
                await prepare(store, facts(tmp_path), base, wanted, said)


def test_a_row_that_is_not_wanted_has_a_prompt_that_is_known() -> None:
    known, other = ({"prompt": [{"content": text}], "chosen": []} for text in ("Known", "Other"))
    gate = RowGate(b"key", {row_mark(b"key", known)})
    assert [gate.lets(row) for row in (known, other)] == [False, True]
    assert gate.prompts == {"known", "other"}


def test_who_has_linked_another_account_is_one_person() -> None:
    assert others([["a"], ["b", "c"], ["d"]], than=[["c", "e"], ["a", "f"]]) == [["d"]]


async def test_a_run_that_does_not_say_what_it_was_trained_on_is_told(store: Database, tmp_path: Path) -> None:
    first = await prepared(store, tmp_path)
    made(first)
    finish(tmp_path, first, await store.read(training_key))
    (first.folder / TRAINED).unlink()
    with pytest.raises(OperatorError, match="train without --new"):
        await prepare(store, facts(tmp_path), find_base(tmp_path, first.name), replace(FEW, new=True), said)


@pytest.mark.slow
async def test_whoever_is_in_a_base_is_in_what_was_trained_from_it(store: Database, tmp_path: Path) -> None:
    first, key = await prepared(store, tmp_path), await store.read(training_key)
    asked = {side: {row["prompt"][0]["content"].split()[2] for row in rows(first, f"{side}.jsonl")} for side in SIDES}
    # Whoever has asked something that is held out as well is in the rows of the second one, too.
    somebody = min(asked["train"] - asked["held-out"])
    made(first)
    finish(tmp_path, first, key)

    def others(session: Session) -> None:
        for number in range(PEOPLE, 2 * PEOPLE):
            visit(session, number)

    await store.write(others)
    base = find_base(tmp_path, first.name)
    second = await prepare(store, facts(tmp_path), base, replace(FEW, new=True, name="second"), said)
    name = f"person {somebody}"
    person_id = await store.read(lambda session: known_person(session, "paper", User(name, name)))
    await store.write(lambda session: people.forget(session, person_id or ""))
    left = left_runs(all_runs(tmp_path), key, await store.read(agreeing_accounts))
    assert [(one.run, one.departures) for one in left] == [(first, Departures(1, 0)), (second, Departures(1, 0))]
    # Its own rows are all there, so it goes on; and whoever was in its base stays so without that one's run.
    check_ready(tmp_path, second, key, await store.read(agreeing_accounts))
    remove_run(first)
    (one,) = left_runs(all_runs(tmp_path), key, await store.read(agreeing_accounts))
    assert (one.run, one.departures) == (second, Departures(1, 0))


async def test_whoever_leaves_is_noted_in_the_card_and_stops_a_run_that_has_not_ended(
    store: Database, tmp_path: Path
) -> None:
    run = await prepared(store, tmp_path)
    key = await store.read(training_key)
    prompt = rows(run, "train.jsonl")[0]["prompt"][0]["content"]
    name = f"person {prompt.split()[2]}"
    person_id = await store.read(lambda session: known_person(session, "paper", User(name, name)))
    assert person_id
    check_ready(tmp_path, run, key, await store.read(agreeing_accounts))
    made(run)
    finish(tmp_path, run, key)
    assert left_runs(all_runs(tmp_path), key, await store.read(agreeing_accounts)) == []
    await store.write(lambda session: people.agree(session, person_id, "2", False))
    (left,) = left_runs(all_runs(tmp_path), key, await store.read(agreeing_accounts))
    assert left.departures == Departures(0, 1)
    await store.write(lambda session: people.forget(session, person_id))
    (left,) = left_runs(all_runs(tmp_path), key, await store.read(agreeing_accounts))
    assert (left.run, left.departures) == (run, Departures(1, 0))
    assert "1 erased their data afterwards" in (run.folder / CARD).read_text()
    assert "withdrew" not in (run.folder / CARD).read_text()


async def test_a_run_goes_on_only_as_it_was_made(store: Database, tmp_path: Path) -> None:
    run = await prepared(store, tmp_path)
    key, agreeing = await store.read(training_key), await store.read(agreeing_accounts)
    check_ready(tmp_path, run, key, agreeing)
    with pytest.raises(OperatorError, match=r"run\.json was changed"):
        check_ready(tmp_path, run, b"another installation", agreeing)
    with pytest.raises(OperatorError, match="erased their data since it was made"):
        check_ready(tmp_path, run, key, {})
    flip_last_bit(Path(run.place["source"]))
    with pytest.raises(OperatorError, match="has changed since"):
        check_ready(tmp_path, run, key, agreeing)
    flip_last_bit(Path(run.place["source"]))
    (run.folder / "train.jsonl").write_text("{}\n")
    with pytest.raises(OperatorError, match=r"train\.jsonl is missing or was changed"):
        check_ready(tmp_path, run, key, agreeing)
    (run.folder / RUN).write_text((run.folder / RUN).read_text().replace('"beta": 0.1', '"beta": 9'))
    with pytest.raises(OperatorError, match=r"run\.json was changed"):
        check_ready(tmp_path, run, key, agreeing)


async def test_a_run_goes_on_only_with_the_keys_that_it_was_made_with(store: Database, tmp_path: Path) -> None:
    await store.write(lively)
    folder, keys = folder_of(tmp_path / "tiny-hf"), tiny(tmp_path).source
    run = await prepare(store, facts(tmp_path), find_base(tmp_path, str(folder), str(keys)), FEW, said)
    key, agreeing = await store.read(training_key), await store.read(agreeing_accounts)
    check_ready(tmp_path, run, key, agreeing)
    flip_last_bit(keys)
    with pytest.raises(OperatorError, match=r"llama\.gguf has changed since"):
        check_ready(tmp_path, run, key, agreeing)


@pytest.mark.in_the_store
async def test_those_who_judged_an_answer_are_in_the_run_too(store: Database) -> None:
    await store.write(lively)
    first = await store.read(lambda session: known_person(session, "paper", User("person 0", "")))
    ids = await store.read(lambda session: sorted(one.person_id for one in session.exec(select(AccountRow))))
    assert first in ids
    assert await store.read(lambda session: contributors(session, [], "2")) == set()
