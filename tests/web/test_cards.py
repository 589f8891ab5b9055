"""What stands where a card was that is not kept any more."""

from datetime import UTC, datetime, timedelta

from bots.web.cards import gone, note_id
from bots.web.page_state import place_of
from core.messages import Button, CommandHelp, Invocation, Message, OptionHelp, Reply, User
from core.ports.surface import ShownNotice

AT = datetime(2026, 1, 1, tzinfo=UTC)
PLACE, ANA = place_of("c" * 32), User("ana", "Ana")
CARD = Reply("Do this", buttons=(Button("t:1", "Do it"),))


def said(command: str, key: str) -> Invocation:
    return Invocation(key=key, place=PLACE, user=ANA, at=AT, command=command, arguments={"": "my secret"})


def offered(name: str, *options: OptionHelp) -> CommandHelp:
    return CommandHelp(name, "tasks", f"/{name}", name, options=options)


def test_only_the_card_of_a_command_names_it() -> None:
    asked = Message(key="m", place=PLACE, user=ANA, at=AT, id="m", text="Hello")
    assert note_id(CARD, "k#notice", said("tasks", "k")) == "card:tasks:k#notice"
    assert note_id(Reply("Done"), "k#notice", said("tasks", "k")) == "k#notice"
    assert note_id(CARD, "k#notice", asked) == "k#notice"
    assert note_id(CARD, "k#notice", None) == "k#notice"


def test_the_newest_card_of_each_command_can_be_shown_again() -> None:
    ids = ["card:tasks:a", "card:remind:b", "plain", "card:tasks:c", "card:settings:d", "card:unknown:e"]
    notices = [ShownNotice(id, AT + timedelta(minutes=number)) for number, id in enumerate(ids)]
    needy = offered("remind", OptionHelp("text", "", required=True))
    commands = [offered("tasks", OptionHelp("kind", "")), offered("settings"), needy]
    shown = gone(notices, {"card:settings:d"}, commands)
    assert [(note.id, note.reply.text, note.at.minute) for note in shown] == [("card:tasks:c", "/tasks", 3)]
