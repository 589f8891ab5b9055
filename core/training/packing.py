"""Takes a run to another machine and back: a folder that trains by one command, and the one file that it makes."""

import errno
import shutil
import tarfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from core.errors import OperatorError
from core.private_files import make_private_folder
from core.training.environment import TRAINER
from core.training.outcome import ADAPTER, MODEL, checked_outcome
from core.training.rows import digest
from core.training.runs import (
    HELD_OUT_ROWS,
    OUTCOME,
    RUN,
    TRAIN_ROWS,
    TrainingRun,
    all_runs,
    move,
)

RESULT_FILE = "result.tar"
FULL = (errno.ENOSPC, errno.EDQUOT)
CURVES = "curves.png"
LARGEST: Mapping[str, int] = {
    RUN: 1 << 20,
    OUTCOME: 1 << 20,
    "log.jsonl": 64 << 20,
    CURVES: 8 << 20,
    MODEL: 1 << 40,
    ADAPTER: 16 << 30,
}
"""The files that may be in what comes back, with their most bytes."""

PROGRAM = '''"""Trains the run in this folder: `python train.py`. README.md says what it needs."""

from trainer.borrowed import main

main()
'''

README = """# A training run of Parley

This folder is everything that the run `{name}` needs. It holds texts that people have written and agreed to have used
for training: keep it to yourself, and delete it once the result is back.

On the machine that trains, with Python 3.11 or newer (choose the torch of requirements.txt that fits its GPU):

    pip install -r trainer/requirements.txt
    python train.py{base}

It goes on where it was if it is stopped and started again, and makes `{result}`. Take that file back, and there:

    parley train take {result}
"""


def pack(run: TrainingRun, folder: Path, *, with_base: bool) -> None:
    """Fill a new folder with a run, the trainer and, if it is wanted, the base.

    Raises OperatorError if the folder is not empty, or cannot be written.
    """
    place, record = run.place, run.record
    source, keys = Path(place["source"]), Path(place["keys"])
    try:
        make_private_folder(folder)
        if any(folder.iterdir()):
            raise OperatorError(f"{folder} is not empty; name a new folder")
        shutil.copytree(TRAINER, folder / "trainer", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "run").mkdir()
        for name in (RUN, TRAIN_ROWS, HELD_OUT_ROWS):
            shutil.copyfile(run.folder / name, folder / "run" / name)
        if source.is_dir():
            # What is written in the end needs the keys of the GGUF, so they go along in any case.
            shutil.copyfile(keys, folder / "keys.gguf")
        if with_base and source.is_dir():
            shutil.copytree(source, folder / "base")
        elif with_base:
            shutil.copyfile(source, folder / "base.gguf")
        base = "" if with_base else f" --base {source.name}    # SHA-256 {record['base']['sha256']}"
        (folder / "train.py").write_text(PROGRAM, encoding="utf-8")
        told = README.format(name=run.name, base=base, result=RESULT_FILE)
        (folder / "README.md").write_text(told, encoding="utf-8")
    except (OSError, shutil.Error) as error:
        raise OperatorError(f"{folder} cannot be written: {error}") from error


def take(home: Path, file: Path, key: bytes) -> TrainingRun:
    """Check the file that came back, and put what is in it into its run. Returns the run, which is to be finished.

    Raises OperatorError, and changes nothing, if it is not the result of a run of ours as it was packed.
    """
    incoming = home / "train" / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    make_private_folder(incoming)
    try:
        _unpack(file, incoming)
        run = _run_of(home, incoming)
        if run.result:
            raise OperatorError(f"the run {run.name!r} is finished already")
        run.check_seal(key)
        outcome = checked_outcome(incoming, run.record, run.folder / RUN)
        # The outcome is moved last: with it, the run counts as trained.
        for name in (*outcome["files"], "log.jsonl", CURVES, OUTCOME):
            if (incoming / name).exists():
                move(incoming / name, run.folder / name)
        return run
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _run_of(home: Path, incoming: Path) -> TrainingRun:
    if not (incoming / RUN).exists():
        raise OperatorError(f"there is no {RUN} in it, so it is not what a packed run makes")
    came = digest(incoming / RUN)
    for run in all_runs(home):
        # One whose file is gone is not the one that was packed.
        with suppress(OperatorError):
            if run.digest == came:
                return run
    raise OperatorError("it is not the result of a run that was packed here, or its run was changed on the way")


def _unpack(file: Path, folder: Path) -> None:
    """Write the files of an archive that may be in it, and refuse it if there are others."""
    try:
        with tarfile.open(file, "r:") as archive:
            for member in archive:
                most = LARGEST.get(member.name)
                if most is None or not member.isreg() or member.size > most or (folder / member.name).exists():
                    raise OperatorError(f"{file} holds {member.name[:100]!r}, which does not belong into a result")
                source: IO[bytes] | None = archive.extractfile(member)
                assert source is not None
                with source, (folder / member.name).open("xb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
    except (OSError, tarfile.TarError) as error:
        full = isinstance(error, OSError) and error.errno in FULL
        what = f"{folder} cannot be written" if full else f"{file} cannot be read"
        raise OperatorError(f"{what}: {getattr(error, 'strerror', None) or error}") from error
