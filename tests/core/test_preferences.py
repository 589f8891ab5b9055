"""core.commands.preferences: a person's choice wins over the channel's, and that over the community's."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from core.messages import User
from core.store import choices, identities
from tests.core.conftest import Talk, echo
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store


async def test_the_nearest_choice_wins(talk: Talk) -> None:
    big, small, own = echo("big"), echo("small"), echo("own")
    dialogue = talk(small, big, own)
    await dialogue.types("/model big community")
    await dialogue.says("one")
    await dialogue.types("/model small channel")
    await dialogue.says("two")
    await dialogue.types("/model own")
    await dialogue.says("three")
    await dialogue.types("/model default")
    await dialogue.says("four")
    assert [len(model.requests) for model in (big, small, own)] == [1, 2, 1]


async def test_it_says_whom_a_choice_is_for(talk: Talk) -> None:
    ana = talk(echo("large"), echo("small"))
    (await ana.types("/model small channel")).expect("for this conversation")
    square = ana.elsewhere("square", private=False)
    (await square.types("/model small channel")).expect("for everybody here")
    (await square.types("/model small")).expect("for you")


async def test_a_thread_has_what_was_chosen_for_its_channel_until_something_is_chosen_there(talk: Talk) -> None:
    usual, big, small = echo("usual"), echo("big"), echo("small")
    channel = talk(usual, big, small).elsewhere("square", private=False)
    thread, other = replace(channel), replace(channel)
    thread.place, other.place = replace(channel.place, thread="t1"), replace(channel.place, thread="t2")
    await thread.says("one")
    await channel.types("/model big channel")
    await channel.types("/persona pirate channel")
    await thread.says("two")
    assert big.requests[-1].lines[0].text == "You are a pirate."
    await thread.types("/model small channel")
    await thread.says("three")
    await other.says("four")
    (await other.types("/model")).expect("“big”")
    await channel.hear(replace(channel.message("five"), aside=True, fresh=True), "#answer")
    assert [len(model.requests) for model in (usual, big, small)] == [1, 3, 1]


async def test_what_is_chosen_for_a_conversation_holds_there_until_the_person_chooses_anew(talk: Talk) -> None:
    usual, special = echo("usual"), echo("special")
    dialogue = talk(usual, special)
    await dialogue.says("one")

    def choose(session: Session) -> None:
        scene = identities.scene(session, dialogue.place, dialogue.user)
        for name, value in (("model", "special"), ("system", "You are a bee.")):
            choices.choose(session, scene.community_id, "conversation", scene.conversation_id, name, value)

    await dialogue.core.store.write(choose)
    await dialogue.says("two")
    assert special.requests[-1].lines[0].text == "You are a bee."
    await dialogue.elsewhere("another").says("three")
    await dialogue.types("/model usual")
    await dialogue.says("four")
    assert [len(model.requests) for model in (usual, special)] == [3, 1]
    await dialogue.types("/profile save mine")
    await dialogue.core.store.write(choose)
    await dialogue.types("/profile use mine")
    await dialogue.says("five")
    assert [len(model.requests) for model in (usual, special)] == [4, 1]


async def test_a_choice_of_one_community_is_not_known_in_another(talk: Talk) -> None:
    first, second = echo("first"), echo("second")
    dialogue = talk(first, second)
    await dialogue.types("/model second community")
    dialogue.place = type(dialogue.place)("paper", "another", "room", private=True)
    await dialogue.says("Hi")
    assert len(first.requests) == 1


async def test_persona_and_preset_reach_the_model(talk: Talk) -> None:
    model = echo()
    dialogue = talk(model)
    await dialogue.types("/persona pirate")
    await dialogue.types("/preset k50")
    await dialogue.says("Hi")
    request = model.requests[-1]
    assert request.lines[0].text == "You are a pirate."
    assert (request.sampling.temperature, request.sampling.top_k) == (0.75, 50)


async def test_without_a_value_a_command_lists_what_there_is(talk: Talk) -> None:
    (await talk(echo("small"), echo("big")).types("/model")).expect("“small”", "big")


async def test_only_admins_choose_for_others_in_a_shared_place(talk: Talk) -> None:
    room = talk(echo("small"), echo("big")).elsewhere("shared", User("bob", "Bob"), private=False)
    (await room.types("/model big channel", "#error")).expect("Only an admin")


@pytest.mark.parametrize("line", ["/model gpt-99", "/persona nobody", "/preset wild"])
async def test_what_is_not_offered_is_refused_with_what_is(talk: Talk, line: str) -> None:
    (await talk().types(line, "#error")).expect("Possible: ")


async def test_instructions_are_asked_with_a_form_and_kept_in_mind(talk: Talk) -> None:
    model = echo()
    dialogue = talk(model)
    await dialogue.send(dialogue.command("/instructions"))
    await dialogue.chat.until(lambda: bool(dialogue.chat.forms))
    await dialogue.submits("instructions:me", about="I bake bread.", style="x" * 300)
    await dialogue.says("Hi")
    system = model.requests[-1].lines[0].text
    assert "I bake bread." in system
    assert "x" * 256 in system
    assert "x" * 257 not in system
    await dialogue.types("/instructions clear")
    await dialogue.says("Hi")
    assert model.requests[-1].lines[0].text == "You are Parley."


async def test_instructions_work_by_command_where_there_are_no_forms(talk: Talk, plain: PaperChat) -> None:
    model = echo()
    dialogue = talk(model, chat=plain)
    for line in ("/instructions about I bake bread.", "/instructions"):
        await dialogue.send(dialogue.command(line))
    await dialogue.settled()
    assert any("About you: I bake bread." in reply.text for reply in plain.shown.values())
