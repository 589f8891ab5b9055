"""Downloads from the hub: whole, cut, killed, changed, refused, damaged."""

import asyncio
import hashlib
import json
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.errors import ModelFileError, OperatorError
from core.models.library import download
from core.models.library.download import BATCH, DownloadProgress, PulledFile
from core.models.library.hub_file import REACH, HubFile, HubFileId
from core.models.library.partial_download import DownloadLock
from tests.standin_hub import COMMIT, Hub

CONTENT = random.Random(1).randbytes(3 * BATCH + 12345)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = "model.gguf"
MODEL = HubFileId("owner/model", FILE)

PROGRAM = """
import asyncio, sys
from pathlib import Path
import httpx
from core.models.library import download
from core.models.library.hub_file import HubFile, HubFileId

async def main() -> None:
    async with httpx.AsyncClient(timeout=download.TIMEOUT) as client:
        source = HubFile(client, sys.argv[1], HubFileId("owner/model", "model.gguf"))
        await download.pull(source, Path(sys.argv[2]), progress=lambda progress: print(progress.done, flush=True))

asyncio.run(main())
"""


@pytest.fixture
async def standin() -> AsyncIterator[Hub]:
    async with Hub({FILE: CONTENT}).running() as running:
        yield running


async def pull(standin: Hub, folder: Path, wanted: HubFileId = MODEL, token: str = "", **options: Any) -> PulledFile:
    async with httpx.AsyncClient(timeout=5) as client:
        source = HubFile(client, standin.url, wanted, token, options.pop("reach", REACH))
        return await download.pull(source, folder, **{"first_pause": 0, "tries": 3, **options})


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def only_the_model(folder: Path) -> bool:
    return set(names(folder)) == {FILE, f"{FILE}.lock"}


@pytest.mark.slow
async def test_pulls_a_whole_file_and_tells_how_far_it_is(standin: Hub, tmp_path: Path) -> None:
    seen: list[DownloadProgress] = []
    pulled = await pull(standin, tmp_path, progress=seen.append)
    assert pulled == PulledFile(tmp_path / FILE, SHA256, COMMIT, len(CONTENT))
    assert pulled.path.read_bytes() == CONTENT
    assert only_the_model(tmp_path)
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert seen[-1] == DownloadProgress(len(CONTENT), len(CONTENT), 0, "fetching")


async def test_asks_for_the_commit_that_it_began_with(standin: Hub, tmp_path: Path) -> None:
    await pull(standin, tmp_path)
    assert [request.path for request in standin.asked] == [
        f"/owner/model/resolve/main/{FILE}",
        f"/owner/model/resolve/{COMMIT}/{FILE}",
    ]


async def test_a_file_that_is_there_is_not_pulled_again(standin: Hub, tmp_path: Path) -> None:
    await pull(standin, tmp_path)
    await pull(standin, tmp_path)
    assert standin.bodies == [""]


async def test_goes_on_after_a_cut_within_a_call(standin: Hub, tmp_path: Path) -> None:
    standin.cuts = [BATCH + 7, 5]
    assert (await pull(standin, tmp_path)).sha256 == SHA256
    assert standin.bodies == ["", f"bytes={BATCH + 7}-", f"bytes={BATCH + 12}-"]
    assert standin.sent == len(CONTENT)


async def test_an_address_that_ran_out_is_asked_for_again(standin: Hub, tmp_path: Path) -> None:
    standin.expired = 2
    assert (await pull(standin, tmp_path)).sha256 == SHA256


async def test_gives_up_after_several_cuts_without_a_byte_and_goes_on_later(standin: Hub, tmp_path: Path) -> None:
    standin.cuts = [1000, 0, 0, 0]
    with pytest.raises(OperatorError, match="pull again to continue"):
        await pull(standin, tmp_path)
    assert not (tmp_path / FILE).exists()
    assert (await pull(standin, tmp_path)).sha256 == SHA256
    assert standin.bodies[-1] == "bytes=1000-"


@pytest.mark.slow
async def test_goes_on_after_kill_9(standin: Hub, tmp_path: Path) -> None:
    standin.hold = 2 * BATCH + 99
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, standin.url, str(tmp_path), stdout=asyncio.subprocess.PIPE, cwd=Path.cwd()
    )
    assert child.stdout is not None
    async with asyncio.timeout(20):
        while int(await child.stdout.readline()) < BATCH:
            continue
    os.kill(child.pid, signal.SIGKILL)
    await child.communicate()
    kept = (tmp_path / f"{FILE}.part").stat().st_size
    assert kept >= BATCH
    assert not (tmp_path / FILE).exists()

    standin.hold = -1
    seen: list[DownloadProgress] = []
    pulled = await pull(standin, tmp_path, progress=seen.append)
    assert (pulled.sha256, standin.bodies[-1]) == (SHA256, f"bytes={kept}-")
    assert seen[-1].resumed == kept
    assert only_the_model(tmp_path)


async def test_a_cancelled_pull_goes_on_later(standin: Hub, tmp_path: Path) -> None:
    standin.hold = BATCH
    come = asyncio.Event()

    def progress(step: DownloadProgress) -> None:
        if step.done >= BATCH:
            come.set()

    task = asyncio.create_task(pull(standin, tmp_path, progress=progress))
    async with asyncio.timeout(10):
        await come.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    standin.hold = -1
    assert (await pull(standin, tmp_path)).sha256 == SHA256
    assert standin.bodies == ["", f"bytes={BATCH}-"]


async def test_begins_anew_where_the_file_changed_meanwhile(standin: Hub, tmp_path: Path) -> None:
    standin.cuts = [1000, 0, 0, 0]
    with pytest.raises(OperatorError):
        await pull(standin, tmp_path)
    standin.files[FILE] = changed = CONTENT[::-1]
    assert (await pull(standin, tmp_path)).path.read_bytes() == changed
    assert standin.bodies[-1] == ""


async def test_begins_anew_where_the_file_changes_within_a_call(standin: Hub, tmp_path: Path) -> None:
    standin.cuts = [1000]
    changed = CONTENT[::-1]

    def progress(step: DownloadProgress) -> None:
        if step.done == 1000:
            standin.files[FILE] = changed

    pinned = HubFileId("owner/model", FILE, sha256=hashlib.sha256(changed).hexdigest())
    standin.promised = pinned.sha256 or ""
    assert (await pull(standin, tmp_path, pinned, progress=progress)).path.read_bytes() == changed
    assert standin.bodies == ["", "bytes=1000-", ""]


async def test_begins_anew_where_the_server_knows_no_ranges(standin: Hub, tmp_path: Path) -> None:
    standin.cuts, standin.ranges = [1000], False
    assert (await pull(standin, tmp_path)).sha256 == SHA256


async def test_a_server_that_always_begins_anew_and_breaks_off_is_given_up(standin: Hub, tmp_path: Path) -> None:
    standin.cuts, standin.ranges = [1000] * 50, False
    with pytest.raises(OperatorError, match="cannot resume one"):
        await pull(standin, tmp_path)
    assert len(standin.bodies) <= 5


async def test_bytes_that_nobody_vouches_for_are_not_joined(standin: Hub, tmp_path: Path) -> None:
    standin.linked, standin.store_etag, standin.cuts = False, 'W/"weak"', [1000]
    changed = CONTENT[::-1]

    def progress(step: DownloadProgress) -> None:
        if step.done == 1000:
            standin.files[FILE] = changed

    assert (await pull(standin, tmp_path, progress=progress)).path.read_bytes() == changed
    assert standin.bodies == ["", ""]


async def test_without_a_hash_a_server_that_ignores_if_range_is_found_out(standin: Hub, tmp_path: Path) -> None:
    standin.linked, standin.obeys, standin.cuts = False, False, [1000]
    changed = CONTENT[::-1]

    def progress(step: DownloadProgress) -> None:
        if step.done == 1000:
            standin.files[FILE] = changed

    assert (await pull(standin, tmp_path, progress=progress)).path.read_bytes() == changed
    assert standin.bodies == ["", "bytes=1000-", ""]


async def test_the_etag_of_another_server_is_not_taken_for_a_hash(standin: Hub, tmp_path: Path) -> None:
    standin.linked, standin.store_etag = False, f'"{"0" * 64}"'
    assert (await pull(standin, tmp_path)).sha256 == SHA256


async def test_a_part_that_the_disk_spoilt_is_pulled_anew(standin: Hub, tmp_path: Path) -> None:
    standin.cuts = [BATCH, 0, 0, 0]
    with pytest.raises(OperatorError):
        await pull(standin, tmp_path)
    part = tmp_path / f"{FILE}.part"
    part.write_bytes(b"x" * part.stat().st_size)
    assert (await pull(standin, tmp_path)).path.read_bytes() == CONTENT
    assert standin.bodies[-2:] == [f"bytes={BATCH}-", ""]


@pytest.mark.parametrize("note", ["", "[]", "{", '{"url": 1}'])
async def test_a_part_with_a_spoilt_note_is_pulled_anew(standin: Hub, tmp_path: Path, note: str) -> None:
    (tmp_path / f"{FILE}.part").write_bytes(b"who knows")
    (tmp_path / f"{FILE}.part.json").write_text(note)
    assert (await pull(standin, tmp_path)).sha256 == SHA256


async def test_wrong_content_is_removed_and_said(standin: Hub, tmp_path: Path) -> None:
    standin.promised = "0" * 64
    with pytest.raises(ModelFileError, match="not what it should be"):
        await pull(standin, tmp_path)
    assert set(names(tmp_path)) == {f"{FILE}.lock"}


async def test_another_content_than_the_pinned_one_is_not_even_pulled(standin: Hub, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="Nothing was downloaded"):
        await pull(standin, tmp_path, HubFileId("owner/model", FILE, sha256="0" * 64))
    assert standin.bodies == []


async def test_a_hub_without_redirects_and_a_hash_is_held_to_the_pin(standin: Hub, tmp_path: Path) -> None:
    standin.direct, standin.promised = True, "an-etag-that-is-no-hash"
    assert (await pull(standin, tmp_path)).sha256 == SHA256
    with pytest.raises(ModelFileError, match="not what it should be"):
        await pull(standin, tmp_path / "other", HubFileId("owner/model", FILE, sha256="0" * 64))


async def test_the_token_goes_to_the_hub_alone(standin: Hub, tmp_path: Path) -> None:
    standin.token = "hf_secret"
    await pull(standin, tmp_path, token="hf_secret")
    assert {request.headers["authorization"] for request in standin.asked} == {"Bearer hf_secret"}
    assert standin.given
    assert not any("authorization" in request.headers for request in standin.given)
    assert only_the_model(tmp_path)


@pytest.mark.parametrize(
    ("status", "token", "told"),
    [
        (401, "", "PARLEY_HUGGINGFACE__TOKEN"),
        (403, "", "PARLEY_HUGGINGFACE__TOKEN"),
        (403, "hf_secret", "does not let this token"),
        (404, "", "no such file"),
        (503, "", "answers 503"),
    ],
)
async def test_says_why_the_hub_refuses(standin: Hub, tmp_path: Path, status: int, token: str, told: str) -> None:
    standin.refuse = status
    with pytest.raises(OperatorError, match=told) as caught:
        await pull(standin, tmp_path, token=token)
    assert "hf_secret" not in str(caught.value)


async def test_says_that_there_is_no_such_file(standin: Hub, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="Entry not found"):
        await pull(standin, tmp_path, HubFileId("owner/model", "other.gguf"))


async def test_an_unreachable_hub_is_said_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = Hub({}, url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(OperatorError, match="cannot be reached"):
            await pull(nobody, tmp_path)


async def test_a_hub_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(OperatorError, match="did not answer within"):
            await pull(Hub({}, url=f"http://127.0.0.1:{silent.getsockname()[1]}"), tmp_path, reach=0.05)


async def test_a_name_without_an_address_is_said() -> None:
    with pytest.raises(OperatorError, match="cannot be reached"):
        await download.resolvable("https://nowhere.invalid", seconds=5)
    await download.resolvable("http://127.0.0.1:1")


async def test_a_full_disk_is_said_and_what_came_is_kept(standin: Hub, tmp_path: Path) -> None:
    # Windows has no such limit, and the module is not there at all.
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (BATCH + 500, limits[1]))
        with pytest.raises(OperatorError, match="is full"):
            await pull(standin, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert (await pull(standin, tmp_path)).sha256 == SHA256
    assert standin.bodies[-1] == f"bytes={BATCH + 500}-"


async def test_too_small_a_disk_is_said_before(standin: Hub, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="disk is too small"):
        await pull(standin, tmp_path, spare=1 << 60)
    assert standin.bodies == []


async def test_two_pulls_of_one_file_do_not_clash(standin: Hub, tmp_path: Path) -> None:
    lock = DownloadLock(tmp_path / f"{FILE}.lock")
    lock.take()
    with pytest.raises(OperatorError, match="Another process"):
        await pull(standin, tmp_path)
    lock.free()
    assert (await pull(standin, tmp_path)).sha256 == SHA256


async def test_the_note_holds_what_the_part_belongs_to(standin: Hub, tmp_path: Path) -> None:
    standin.cuts = [1000, 0, 0, 0]
    with pytest.raises(OperatorError):
        await pull(standin, tmp_path)
    note = json.loads((tmp_path / f"{FILE}.part.json").read_text())
    assert (note["sha256"], note["size"], note["commit"]) == (SHA256, len(CONTENT), COMMIT)
