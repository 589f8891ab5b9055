"""A card with many buttons and a form, which changes in its place."""

from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.delivery.outbox import post
from core.messages import AnyEvent, Button, Reply
from tests.discord.living import answers, living
from tests.discord.server.interactions import UPDATE
from tests.discord.server.server import Discord
from tests.discord.server.world import EPHEMERAL
from tests.shared.cards import CARDS, ROWS


async def test_a_card_that_one_person_sees_is_pressed_and_written_to_in_its_place(
    world: Discord, sqlite_url: str
) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url, more=(CARDS,)):
        card = await (await ana.commands(room, "card")).answered()
        assert card.flags & EPHEMERAL
        assert tuple(len(row["components"]) for row in card.components) == ROWS
        await ana.presses(card, "pick:7")
        await world.until(lambda: card.content == "Picked 7")
        writing = await ana.presses(card, "write:")
        form = await writing.form()
        assert form["components"][0] == {"type": 10, "content": "Read **this** <first>."}
        sent = await ana.submits(writing, {"words": "So be it"})
        await world.until(lambda: card.content == "Noted: So be it")
        assert (sent.responses, sent.messages) == ([UPDATE], [])
        assert tuple(len(row["components"]) for row in card.components) == ROWS


async def test_what_is_for_everybody_stands_in_the_channel_whoever_called_for_it(
    world: Discord, sqlite_url: str
) -> None:
    async def ask(call: CommandCall) -> None:
        reply = Reply("Who comes?", buttons=(Button("come:", "I do"),))
        await post(call.store, call.chat, call.event, reply, f"{call.event.key}#ask")

    async def come(call: CommandCall) -> None:
        reply = Reply(f"{call.event.user.name} comes", replaces=getattr(call.event, "id", None))
        await post(call.store, call.chat, call.event, reply, f"{call.event.key}#came")

    guild = world.guild()
    room, ana, ben = world.channel(guild), world.person("Ana", guild), world.person("Ben", guild)
    party = CommandGroup((Command("party", "plugins", ask, description="Ask who comes."),), {"come": come})
    async with living(world, sqlite_url, more=(party,)):
        called = await ana.commands(room, "party")
        await world.until(lambda: bool(answers(room)) and bool(called.responses) and not called.messages)
        (card,) = answers(room)
        assert card.content == "Who comes?"
        pressed = await ben.presses(card, "come:")
        await world.until(lambda: card.content == "Ben comes")
        assert not pressed.messages


async def test_a_slow_answer_to_a_form_still_comes_in_its_place(world: Discord, sqlite_url: str) -> None:
    guild = world.guild()
    room, ana = world.channel(guild), world.person("Ana", guild)
    async with living(world, sqlite_url, more=(CARDS,)) as life:
        card = await (await ana.commands(room, "card")).answered()
        writing = await ana.presses(card, "write:")
        await writing.form()
        taken = life.bot.intake.handle

        async def slow(event: AnyEvent) -> None:
            pending = life.bot.chat.interactions.of(event)
            assert pending
            await pending.acknowledge()
            await taken(event)

        life.bot.intake.handle = slow
        sent = await ana.submits(writing, {"words": "Late"})
        await world.until(lambda: card.content == "Noted: Late")
        assert not sent.messages
