"""kill -9 while people on Telegram do what takes several steps: nothing is lost or doubled, and the place is right."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.cluster.platforms import telegram_at
from tests.faults.killed.lives import NewHome, Scenario, Scene, Scenes, outlived, sweep
from tests.telegram.living import answers, buttons
from tests.telegram.server.server import Chat, Message, Person, Telegram, telegram_server
from tests.telegram.server.specification import published

FRUITS = ("apples", "berries", "cherries")


class TelegramScene(Scene[Telegram]):
    """A fresh Telegram, and what one waits for there."""

    async def confirmed(self) -> None:
        """Wait until the program has everything that was sent to it."""
        await self.world.until(lambda: not self.world.updates)

    async def shown(self, person: Person, chat: Chat, number: int = 1) -> None:
        """Wait until so many answers are there, and have shown what may not have arrived."""
        pressed: set[int] = set()

        def offered() -> list[Message]:
            return [one for one in offers(chat) if one.id not in pressed]

        while True:
            await self.world.until(lambda: sum(map(whole, answers(chat))) >= number or bool(offered()))
            if not offered():
                return
            pressed.add(offered()[0].id)
            await person.presses(next(one for one in offers(chat) if one.id in pressed), "show:")


TelegramScenes = Scenes[TelegramScene]


@pytest.fixture
def scenes(new_home: NewHome) -> TelegramScenes:
    @asynccontextmanager
    async def scene() -> AsyncIterator[TelegramScene]:
        async with telegram_server(published()) as world:
            # What was pressed in an earlier life is too old.
            world.forgive()
            yield TelegramScene(world, new_home(telegram_at(world), "On Telegram as"))

    return scene


def whole(message: Message) -> bool:
    """Whether a message shows a finished answer."""
    return "retry" in buttons(message)


def offers(chat: Chat) -> list[Message]:
    """The messages that say that an answer may not have arrived."""
    return [one for one in answers(chat) if "show" in buttons(one)]


def once(chat: Chat, *words: str) -> None:
    """An answer with these words stands in a chat once, and whole.

    Nobody can ask Telegram whether a message arrived. If that is not known, the answer was offered; what had been
    written so far is then shown, and a new answer is offered if it was not whole.
    """
    all_ = [one.text for one in chat.messages]
    with_words = [one for one in answers(chat) if all(word in one.text for word in words)]
    interrupted = [one for one in answers(chat) if "Interrupted" in one.text and "retry" in buttons(one)]
    unsure = [one for one in answers(chat) if "may not have arrived" in " ".join([one.text, *one.edits])]
    assert len(with_words) + len(interrupted) >= 1, all_
    assert len(with_words) + len(interrupted) <= 1 + len(unsure), all_


async def album(scenes: TelegramScenes, step: int) -> bool:
    """An album comes part by part, its caption with the last one."""
    async with scenes() as on:
        ana, room = on.world.person("Ana"), on.world.group()

        async def play() -> None:
            for number, fruit in enumerate(FRUITS):
                words, file = "Which fruit?" if number == 2 else "", (f"{fruit}.txt", fruit.encode(), "text/plain")
                await ana.says(room, words, mention=number == 2, file=file, more={"media_group_id": "77"})
                await on.confirmed()
            await on.shown(ana, room)

        died = await outlived(on.home, step, play)
        once(room, "Which fruit?", *FRUITS)
        return died


async def supergroup(scenes: TelegramScenes, step: int) -> bool:
    """A group becomes a supergroup between two questions; its settings go along."""
    async with scenes() as on:
        ana = on.world.person("Ana")
        room = on.world.group(admins=[ana], basic=True)
        moved: list[Chat] = []

        async def before() -> None:
            await ana.says(room, "/settings always here")
            await on.world.until(lambda: bool(answers(room)))

        async def play() -> None:
            await ana.says(room, "The first question")
            new = on.world.upgraded(room, ana)
            moved.append(new)
            await ana.says(new, "The second question")
            await on.confirmed()

            def there() -> bool:
                return sum(whole(one) or one in offers(chat) for chat in (room, new) for one in answers(chat)) >= 2

            await on.world.until(there)
            for chat in (room, new):
                for offer in offers(chat):
                    await ana.presses(offer, "show:")
                    await on.world.until(lambda offer=offer: offer.edits != [])  # type: ignore[misc]

        died = await outlived(on.home, step, play, before)
        (new,) = moved
        kept = on.home.rows("SELECT platform_id, value FROM community LEFT JOIN choice ON community_id = community.id")
        # What Telegram sends again from the former group, after a crash, may be kept under its former id.
        assert set(kept) - {(str(room.id), None)} == {(str(new.id), str(new.id))}, kept
        once(new, "The second question")
        first = [one for chat in (room, new) for one in answers(chat) if "You said: Ana: The first" in one.text]
        interrupted = [one for chat in (room, new) for one in answers(chat) if "Interrupted" in one.text]
        assert len(first) + len(interrupted) >= 1, [one.text for chat in (room, new) for one in chat.messages]
        return died


async def topic(scenes: TelegramScenes, step: int) -> bool:
    """A question begins a topic of its own."""
    async with scenes() as on:
        ana = on.world.person("Ana")
        room = on.world.group(admins=[ana], forum=True)

        async def before() -> None:
            await ana.says(room, "/settings threads on")
            await on.world.until(lambda: bool(answers(room)))

        async def play() -> None:
            await ana.says(room, "What is a parley?", mention=True)
            await on.shown(ana, room)

        died = await outlived(on.home, step, play, before)
        once(room, "You said", "What is a parley?")
        assert len(room.topics) <= 1
        answer = next(one for one in answers(room) if whole(one))
        # A topic of which we have not heard stays empty, and the answer comes where the question was asked.
        assert answer.thread in (None, *room.topics), answer.thread
        asked = on.home.rows("SELECT count(*) FROM message WHERE role = 'prompter'")
        assert asked == [(1,)]
        return died


async def ask(scenes: TelegramScenes, step: int) -> bool:
    """What is asked in a group for oneself alone is answered in private."""
    async with scenes() as on:
        ana, room = on.world.person("Ana"), on.world.group()

        async def play() -> None:
            await ana.says(room, "/ask What is a parley?")
            await on.confirmed()
            await on.shown(ana, ana.dm())

        died = await outlived(on.home, step, play)
        once(ana.dm(), "What is a parley?")
        said = [one.text for one in answers(room)]
        # Nobody can ask Telegram whether it arrived, and it only says where the answer is: it is not sent again.
        assert said in ([], ["I answered you in our direct messages."]), said
        return died


async def reminder(scenes: TelegramScenes, step: int) -> bool:
    """A reminder is set, and becomes due."""
    async with scenes() as on:
        ana, room = on.world.person("Ana"), on.world.group()

        def rung() -> list[str]:
            return [one.text for one in answers(room) if "tea" in one.text and "⏰ 1." not in one.text]

        async def play() -> None:
            await ana.says(room, "/remind in 1 second fetch the tea")
            await on.world.until(lambda: bool(rung()))

        died = await outlived(on.home, step, play)
        # Whether it arrived, nobody can ask Telegram: it is rather said twice than never.
        assert len(rung()) in (1, 2), [one.text for one in answers(room)]
        return died


async def deletion(scenes: TelegramScenes, step: int) -> bool:
    """Who asked has the answer deleted by its button."""
    async with scenes() as on:
        ana, room = on.world.person("Ana"), on.world.group()

        async def before() -> None:
            await ana.says(room, "I keep bees", mention=True)
            await on.world.until(lambda: any(map(whole, answers(room))))

        async def play() -> None:
            await ana.presses(next(filter(whole, answers(room))), "delete:")
            await on.world.until(lambda: not any("You said" in one.text for one in answers(room)))

        died = await outlived(on.home, step, play, before)
        assert answers(room) == [], [one.text for one in answers(room)]
        assert on.home.rows("SELECT text, deleted FROM message WHERE role = 'assistant'") == [("", 1)]
        assert on.home.rows("SELECT count(*) FROM post WHERE message_id IS NOT NULL") == [(0,)]
        return died


SCENARIOS: Mapping[str, Scenario[TelegramScene]] = {
    "album": album,
    "supergroup": supergroup,
    "topic": topic,
    "ask": ask,
    "reminder": reminder,
    "deletion": deletion,
}


@pytest.mark.sweep
@pytest.mark.parametrize("name", SCENARIOS)
async def test_whenever_it_dies(scenes: TelegramScenes, name: str) -> None:
    assert await sweep(lambda step: SCENARIOS[name](scenes, step)) >= 4


@pytest.mark.slow
@pytest.mark.parametrize(("name", "step"), [("album", 12), ("topic", 5)])
async def test_when_it_dies_in_the_middle(scenes: TelegramScenes, name: str, step: int) -> None:
    assert await SCENARIOS[name](scenes, step)
