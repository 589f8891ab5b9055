"""core.commands.profiles: people keep presets of their own, a bounded number of them."""

import pytest

from core.models.scripted import ScriptedModel
from core.store.engine.database import Database
from tests.core.conftest import Talk
from tests.dialogue import Dialogue

pytestmark = pytest.mark.above_the_store


async def current(talk: Dialogue, what: str) -> str:
    return (await talk.types(f"/{what}")).reply.text


async def test_choices_are_saved_under_a_name_and_taken_up_again(talk: Talk) -> None:
    ana = talk(ScriptedModel(["hi"], name="first"), ScriptedModel(["hello"], name="second"))
    (await ana.types("/profile")).expect("no profiles yet")
    await ana.types("/model second")
    await ana.types("/persona pirate")
    await ana.types("/instructions about I bake bread")
    (await ana.types("/profile save  at  sea")).expect("Saved as “at sea”")
    await ana.types("/persona default")
    await ana.types("/model first")
    await ana.types("/instructions style Be brief")
    (await ana.types("/profile use at sea")).expect("“at sea” holds")
    assert "second" in (await current(ana, "model")).partition("\n")[0]
    (await ana.says("Hello")).expect("hello")
    listed = (await ana.types("/profile")).expect("**at sea**", "model: second", "persona: pirate", "I bake bread")
    # What the profile does not hold is as it is by default.
    assert "Be brief" not in listed.reply.text
    (await ana.types("/profile delete at sea")).expect("is deleted")
    (await ana.types("/profile use at sea", "#error")).expect("no profile “at sea”")


async def test_their_number_and_their_names_are_bounded(talk: Talk, store: Database) -> None:
    ana = talk()
    for number in range(10):
        await ana.types(f"/profile save p{number}")
    await ana.types("/profile save p3")
    (await ana.types("/profile save one more", "#error")).expect("up to 10 profiles")
    (await ana.types(f"/profile save {'x' * 33}", "#error")).expect("up to 32 characters")
    (await ana.types("/profile save", "#error")).expect("/profile save|use|delete")


async def test_what_is_in_them_is_no_markup(talk: Talk) -> None:
    ana = talk()
    await ana.types("/instructions about [sign in](https://evil.example)")
    (await ana.types("/profile save **now**\u202e")).expect("“\\*\\*now\\*\\*”")
    listed = (await ana.types("/profile")).reply.text
    assert "**\\*\\*now\\*\\***: about: \\[sign in\\](https://evil" in listed


async def test_they_are_ones_own(talk: Talk) -> None:
    ana = talk()
    await ana.types("/profile save work")
    ben = ana.elsewhere("desk", type(ana.user)("ben", "Ben"))
    (await ben.types("/profile use work", "#error")).expect("no profile")
    assert '"profile:work"' in (await ana.types("/mydata")).reply.files[0].content.decode()
