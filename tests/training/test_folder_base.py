"""A run that begins with a folder of transformers goes on only if nothing was changed that is read of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import OperatorError
from core.store.engine.database import Database
from core.store.training_people import agreeing_accounts, training_key
from core.training.base import find_base
from core.training.checks import check_ready
from core.training.preparation import prepare
from tests.training.community import facts, lively, tiny
from tests.training.test_base import as_counted_earlier, folder_of
from tests.training.test_preparation import FEW, said

pytestmark = pytest.mark.above_the_store


@pytest.mark.parametrize(
    ("earlier", "noticed"), [(False, ("merges.txt", "tokenizer.json")), (True, ("tokenizer.json",))]
)
async def test_a_folder_whose_tokenizer_was_changed(
    store: Database, tmp_path: Path, earlier: bool, noticed: tuple[str, ...]
) -> None:
    await store.write(lively)
    folder, keys = folder_of(tmp_path / "tiny-hf"), tiny(tmp_path).source
    for name in ("merges.txt", "tokenizer.json"):
        (folder / name).write_text("{}")
    base = find_base(tmp_path, str(folder), str(keys))
    noted = replace(base, sha256=as_counted_earlier(folder)) if earlier else base
    run = await prepare(store, facts(tmp_path), noted, FEW, said)
    key, agreeing = await store.read(training_key), await store.read(agreeing_accounts)
    check_ready(tmp_path, run, key, agreeing)
    for name in noticed:
        before = (folder / name).read_text()
        (folder / name).write_text("changed")
        with pytest.raises(OperatorError, match="tiny-hf has changed since"):
            check_ready(tmp_path, run, key, agreeing)
        (folder / name).write_text(before)
    check_ready(tmp_path, run, key, agreeing)
