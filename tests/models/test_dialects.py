"""How requests differ from server to server."""

import pytest

from core.models.remote.dialects import CARRY_ON, Dialect, ServerFacts, facts, prompt_fields, sampling_fields
from core.ports.model import PromptLine, SamplingSettings

ALL = SamplingSettings(0.5, top_k=40, top_p=0.9, typical_p=0.8, repetition_penalty=1.1, max_new_tokens=7, seed=3)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"id": "m", "owned_by": "llamacpp", "meta": {"n_ctx": 2048}}, ServerFacts("llama.cpp", 2048)),
        ({"id": "m", "owned_by": "vllm", "max_model_len": 8192}, ServerFacts("vllm", 8192)),
        ({"id": "m", "owned_by": "sglang", "max_model_len": 4096}, ServerFacts("vllm", 4096)),
        ({"id": "m", "owned_by": "library"}, ServerFacts("openai")),
        ({"id": "m", "owned_by": "llamacpp", "meta": None}, ServerFacts("llama.cpp")),
    ],
)
def test_the_list_of_models_tells_the_server(entry: dict[str, object], expected: ServerFacts) -> None:
    other = {"id": "other", "owned_by": "vllm", "max_model_len": 1}
    assert facts({"data": [other, entry]}, "m") == expected


@pytest.mark.parametrize("listing", [{}, {"data": None}, {"data": []}, {"data": [3]}, [], None, "x"])
def test_a_strange_list_means_the_common_ground(listing: object) -> None:
    assert facts(listing, "m") == ServerFacts("openai")


@pytest.mark.parametrize(
    ("dialect", "names"),
    [
        ("llama.cpp", {"temperature", "top_k", "top_p", "typical_p", "repeat_penalty", "max_tokens", "seed"}),
        ("vllm", {"temperature", "top_k", "top_p", "repetition_penalty", "max_tokens", "seed"}),
        ("openai", {"temperature", "top_p", "max_tokens", "seed"}),
    ],
)
def test_a_server_gets_the_settings_it_knows(dialect: Dialect, names: set[str]) -> None:
    assert set(sampling_fields(ALL, dialect)) == names


def test_what_is_left_to_the_server_is_not_sent() -> None:
    assert sampling_fields(SamplingSettings(max_new_tokens=5), "llama.cpp") == {"max_tokens": 5}


def test_an_answer_that_was_begun_is_carried_on() -> None:
    lines = [PromptLine("user", "Count."), PromptLine("assistant", "One, two,")]
    for dialect in ("llama.cpp", "vllm"):
        fields = prompt_fields(lines, dialect)
        assert fields["messages"][-1] == {"role": "assistant", "content": "One, two,"}
        assert (fields["continue_final_message"], fields["add_generation_prompt"]) == (True, False)
    assert prompt_fields(lines, "openai")["messages"][-1] == {"role": "user", "content": CARRY_ON}
