"""GGUF files are taken apart and put together without loss, and an adapter is served beside its base; without torch."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader
from gguf.quants import dequantize

from core.models.embedded.child_process import start_child
from core.models.embedded.server import ModelServerOptions
from tests.trainer.tiny import BLOCKS, FAMILIES, HEAD, HEADS, KV_HEADS, WIDTH, tiny_base
from trainer.families import Shape, Unconvertible, Weights, from_gguf, to_gguf
from trainer.gguf_files import text_key, write_lora, write_whole


def shape(family: str) -> Shape:
    return Shape(family, BLOCKS, HEADS, KV_HEADS, family == "llama")


def tensors(path: Path) -> dict[str, Weights]:
    """The tensors of a file as they are in it."""
    reader = GGUFReader(path)
    return {
        one.name: dequantize(one.data, one.tensor_type).reshape([int(side) for side in reversed(one.shape)])
        for one in reader.tensors
    }


def unpacked(path: Path, family: str) -> Iterator[tuple[str, Weights]]:
    """The tensors of a file as transformers has them."""
    for name, weights in tensors(path).items():
        yield name, from_gguf(weights, shape(family).heads_of(name))


@pytest.mark.parametrize("sides", [(64, 48), (64,)])
@pytest.mark.parametrize("heads", [0, 2, 4])
def test_rows_come_back_as_they_were(sides: tuple[int, ...], heads: int) -> None:
    weights = np.arange(np.prod(sides)).reshape(sides)
    assert (from_gguf(to_gguf(weights, heads), heads) == weights).all()
    assert (to_gguf(weights, heads) == weights).all() == (heads == 0)


def test_the_two_halves_of_a_heads_rotation_stand_side_by_side() -> None:
    # As llama.cpp's own converter does it, for two heads of four rows.
    assert to_gguf(np.arange(8), 2).tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_file_that_is_put_together_again_has_the_same_tensors_and_keys(tmp_path: Path, family: str) -> None:
    base = tiny_base(tmp_path / "base.gguf", family)
    keys = GGUFReader(base)
    write_whole(tmp_path / "again.gguf", keys, shape(family), unpacked(base, family), "f32", "mine")
    before, after = tensors(base), tensors(tmp_path / "again.gguf")
    assert before.keys() == after.keys()
    assert all((before[name] == after[name]).all() for name in before)
    again = GGUFReader(tmp_path / "again.gguf")
    assert text_key(again, "general.name") == "mine"
    own = {"general.name", "general.file_type", "general.quantization_version"}
    for name, field in keys.fields.items():
        if not name.startswith("GGUF.") and name not in own:
            assert again.fields[name].contents() == field.contents(), name


def test_in_eight_bits_norms_stay_as_they_are(tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "base.gguf", "llama")
    write_whole(tmp_path / "q8.gguf", GGUFReader(base), shape("llama"), unpacked(base, "llama"), "q8_0", "mine")
    kinds = {one.name: one.tensor_type for one in GGUFReader(tmp_path / "q8.gguf").tensors}
    assert kinds["blk.0.attn_q.weight"] == GGMLQuantizationType.Q8_0
    assert kinds["output_norm.weight"] == GGMLQuantizationType.F32
    assert (tmp_path / "q8.gguf").stat().st_size < base.stat().st_size / 2


def test_tensors_that_are_not_those_of_the_base_are_refused(tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "base.gguf", "llama")
    keys, whole = GGUFReader(base), dict(unpacked(base, "llama"))
    lacking = {name: weights for name, weights in whole.items() if name != "output_norm.weight"}
    with pytest.raises(Unconvertible, match="are missing: output_norm"):
        write_whole(tmp_path / "a.gguf", keys, shape("llama"), lacking.items(), "f32", "mine")
    larger = {**whole, "output_norm.weight": np.ones(WIDTH + 1, dtype=np.float32)}
    with pytest.raises(Unconvertible, match="of the shape"):
        write_whole(tmp_path / "b.gguf", keys, shape("llama"), larger.items(), "f32", "mine")
    assert not list(tmp_path.glob("?.gguf"))
    rank_2, rank_3 = np.ones((2, WIDTH)), np.ones((HEADS * HEAD, 3))
    with pytest.raises(Unconvertible, match="has the shapes"):
        write_lora(tmp_path / "c.gguf", shape("llama"), 8, {"blk.0.attn_q.weight": (rank_2, rank_3)}, "mine")


async def likeliest(model: Path, adapter: str = "") -> dict[str, float]:
    """What our server finds likeliest after a few tokens."""
    options = ModelServerOptions(
        model=str(model),
        key="key",
        socket="",
        slots=1,
        context=128,
        threads=1,
        batch=32,
        cache_mib=0,
        thinking=False,
        seconds=60,
        adapter=adapter,
    )
    child = await start_child(options, unix=False)
    try:
        async with httpx.AsyncClient(headers={"Authorization": "Bearer key"}, timeout=60) as client:
            wanted = {"prompt": [1, 40, 50, 60, 70], "n_predict": 1, "temperature": 0, "top_k": 1, "n_probs": 5}
            answer = (await client.post(f"{child.address}/completion", json=wanted)).json()
    finally:
        await child.stop()
    return {one["token"]: one["logprob"] for one in answer["completion_probabilities"][0]["top_logprobs"]}


@pytest.mark.slow
async def test_an_adapter_changes_what_its_base_says_by_what_it_adds(tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "base.gguf", "llama")
    generator = np.random.default_rng(5)
    a, b = generator.standard_normal((2, WIDTH)), generator.standard_normal((HEADS * HEAD, 2)) * 0.3
    name = "blk.1.attn_q.weight"
    write_lora(tmp_path / "nothing.gguf", shape("llama"), 4, {name: (a, b * 0)}, "nothing")
    write_lora(tmp_path / "some.gguf", shape("llama"), 4, {name: (a, b)}, "some")
    # The scale is alpha, 4, over the rank, 2.
    added = {**dict(unpacked(base, "llama"))}
    added[name] = added[name] + (b @ a * 2).astype(np.float32)
    write_whole(tmp_path / "added.gguf", GGUFReader(base), shape("llama"), added.items(), "f32", "added")
    plain, nothing = await likeliest(base), await likeliest(base, str(tmp_path / "nothing.gguf"))
    some, whole = await likeliest(base, str(tmp_path / "some.gguf")), await likeliest(tmp_path / "added.gguf")
    assert nothing == pytest.approx(plain, abs=0.01)
    assert some == pytest.approx(whole, abs=0.02)
    assert some != pytest.approx(plain, abs=0.1)
