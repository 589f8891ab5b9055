"""core.labeling.chat.own_work_command: /mywork, as people see it."""

from dataclasses import replace

import pytest

from tests.labeling.conftest import Begin
from tests.labeling.labelers import Labelers

pytestmark = pytest.mark.slow

PROMPTS = (
    "How do I *bake* bread?",
    "Why is the sky dark at night?",
    "Which birds stay here in winter?",
    "What keeps moles out of a garden?",
    "Explain the offside rule in two sentences.",
    "Name three rivers that flow north.",
)


async def baker(labelers: Begin) -> Labelers:
    """Ana has written three prompts, and Ben has reviewed one."""
    village = labelers()
    for text in PROMPTS[:3]:
        await village.writes("Ana", text)
    await village.accepted("label_initial_prompt", "Ben")
    return village


async def test_the_summary_counts_by_what_became_of_it(labelers: Begin) -> None:
    village = await baker(labelers)
    told = await (await village.named("Ana")).types("/mywork")
    told.expect("**Your work**", "- Prompts: 3 · in review: 3\n- Replies: 0\n", "exported only as long as you agree")
    told = await (await village.named("Ben")).types("/mywork")
    told.expect("- Labels: 1 · others are still being asked: 1\n- Rankings: 0")


async def test_each_contribution_is_listed_with_what_became_of_it(labelers: Begin) -> None:
    village = await baker(labelers)
    ana = await village.named("Ana")
    told = await ana.types("/mywork prompts")
    told.expect("**Prompts**\n\n- “Which birds stay here in winter?” (en) · in review\n- “Why is the sky")
    told.expect("“How do I \\*bake\\* bread?”")
    empty = await village.taps("Ana", told, "Replies")
    empty.expect("**Replies**", "nothing here yet")
    assert [button.label for button in empty.reply.buttons if button.chosen] == ["Replies"]
    (await village.taps("Ana", empty, "Your work")).expect("- Prompts: 3")


async def test_nobody_sees_the_work_of_others(labelers: Begin) -> None:
    village = await baker(labelers)
    told = await (await village.named("Cleo")).types("/mywork prompts")
    assert "bake" not in told.expect("nothing here yet").reply.text


async def test_pages_lead_to_older_ones_and_back(labelers: Begin) -> None:
    village = labelers()
    ben = await village.named("Ben")
    for number, text in enumerate(PROMPTS):
        await village.writes("Ana" if number % 2 else "Cleo", text)
    for _ in range(6):
        await village.taps("Ben", await village.card("Ben", "label_initial_prompt"), "Good")
    first = await ben.types("/mywork labels")
    assert first.reply.text.count("\n- ") == 5
    assert "Newer" not in [button.label for button in first.reply.buttons]
    second = await village.taps("Ben", first, "Older")
    assert second.reply.text.count("\n- ") == 1
    assert "Older" not in [button.label for button in second.reply.buttons]
    assert (await village.taps("Ben", second, "Newer")).reply.text == first.reply.text


async def test_who_does_not_agree_is_told_that_nothing_is_exported(labelers: Begin) -> None:
    stranger = labelers().first.elsewhere("desk of nobody")
    (await stranger.types("/mywork")).expect("- Prompts: 0", "None of this is exported", "/privacy")


@pytest.mark.parametrize("target", ["others:0", "prompts:-1", "prompts:x", "prompts:²"])
async def test_a_button_that_is_no_longer_known_says_so(labelers: Begin, target: str) -> None:
    talk = labelers().first
    shown = await talk.types("/mywork")
    press = replace(talk.press_action(shown, f"mywork:{target}"), key="paper:old")
    await talk.send(press)
    (await talk.finished("paper:old#error")).expect("no longer works")
