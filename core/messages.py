"""The data that passes between the platforms and the core: events in, replies out. All of it is frozen.

Text is Markdown (CommonMark) in both directions; a bot translates it into its platform's own idiom.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Literal, TypedDict

import pydantic

Source = Literal["command", "form", "direct", "gateway", "reaction", "web", "terminal"]
"""How a contribution reached us. Export is switched on or off per platform and source, since platforms restrict what
bots may do with what they read."""

MessageState = Literal["manual", "pending", "in_progress", "complete", "aborted_by_worker", "cancelled", "timeout"]
"""Open Assistant's states of a chat message (docs/reference/open-assistant.md 3.2); "manual" is a person's text."""

UNDERWAY: tuple[MessageState, ...] = ("pending", "in_progress")
"""The states of an answer that has not begun or is still growing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation happens: one place, one conversation.

    `community` is the tenant (a server, a workspace, this machine); nothing of one community is visible in another.
    `thread` is empty if the whole channel is one conversation. `private` marks a place that only one person sees.
    """

    platform: str
    community: str
    channel: str
    thread: str = ""
    private: bool = False


def at_new_place(place: Place, former: Place, new: Place) -> Place:
    """A place of the former community, as it is called now; any other place as it is."""
    if (place.platform, place.community) != (former.platform, former.community):
        return place
    channel = new.channel if place.channel == former.channel else place.channel
    return replace(place, community=new.community, channel=channel)


@dataclass(frozen=True, slots=True)
class User:
    """A person as the platform describes them.

    `language` is a BCP 47 tag. It is empty if the platform does not tell; the community's language is used then.
    `admin` says that they run this community, `admin_unknown` that the platform did not say whether. `roles` are the
    platform's ids of their groups. What a surface says of `moderator` counts for nothing: settings alone decide it."""

    id: str
    name: str
    language: str = "en"
    admin: bool = False
    roles: frozenset[str] = frozenset()
    moderator: bool = False
    admin_unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened on a platform.

    `key` identifies what happened, not its delivery: the same key is the same event, however often it arrives.
    `ticket` is what the platform requires with a reply to this event; it is valid only for some minutes. `resumed` says
    that somebody, perhaps another process, may have begun to answer it before.
    """

    key: str
    place: Place
    user: User
    at: datetime
    ticket: str = ""
    resumed: bool = False


class EventOrigin(TypedDict):
    """What every event has."""

    key: str
    place: Place
    user: User
    at: datetime
    ticket: str
    resumed: bool


def origin_of(event: Event) -> EventOrigin:
    """What an event has in common with another one that stands for it."""
    return EventOrigin(
        key=event.key, place=event.place, user=event.user, at=event.at, ticket=event.ticket, resumed=event.resumed
    )


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `address` is what the platform needs to find it; `size` is in bytes."""

    name: str
    media_type: str
    size: int
    address: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that came with a message and that its sender did not write: a forwarded message, an embed, a poll.

    `about` tells the model what they are, such as "Forwarded from Ben".
    """

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A message that another one replies to, and that did not call the assistant.

    `outside` says that its sender did not write it. `passages` and `attachments` came with it.
    """

    id: str
    user: User
    text: str
    reply_to: str | None = None
    outside: bool = False
    passages: tuple[Passage, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Event):
    """A person spoke to the assistant.

    `reply_to` is the message it answers. Without it, the message answers the last one, or with `fresh` none at all.
    `quoted` are the messages up the chain of replies, oldest first, as far as the platform tells them; they give us
    those that we do not know yet. `passages` are words of others that came with it; `text` has the person's own words
    alone. `outside` says that the text contains words that the person did not write: from a file, from a server, or
    from another bot. `hidden` says that the platform keeps its content from us. `album` is the same for messages that
    were sent together and are one question; `joined` are the keys of the events that this one has taken in. With
    `aside`, it stands apart from the conversation of the place, and the answer is for its author alone. With `moved`, a
    place was opened for its conversation, and the message itself stands elsewhere.
    """

    id: str
    text: str
    reply_to: str | None = None
    fresh: bool = False
    quoted: tuple[Quote, ...] = ()
    passages: tuple[Passage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    outside: bool = False
    hidden: bool = False
    album: str = ""
    joined: tuple[str, ...] = ()
    aside: bool = False
    moved: bool = False
    source: Source = "gateway"
    kind: Literal["message"] = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(Event):
    """A person changed a message that they had sent. This makes a new branch beside the old one.

    With `offer`, it is answered only once they ask for that, since people also edit just to correct a typing error.
    `question` is the whole message if it calls the assistant by name: if it did not do so before, it is a new question.
    """

    id: str
    text: str
    offer: bool = False
    question: Message | None = None
    source: Source = "gateway"
    kind: Literal["edit"] = "edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion(Event):
    """A message was deleted on the platform."""

    id: str
    kind: Literal["deletion"] = "deletion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction(Event):
    """An emoji (as Unicode text, without its skin tone) was put on a message, or taken away."""

    id: str
    emoji: str
    added: bool
    kind: Literal["reaction"] = "reaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(Event):
    """A button of a reply was pressed, or something was chosen from a select; `values` are the chosen values.

    `action` is that of the button or the select. `id` is the message that carries it, if known.
    """

    action: str
    id: str | None = None
    values: tuple[str, ...] = ()
    kind: Literal["press"] = "press"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation(Event):
    """A command was called. Arguments are as the person gave them; the command's declaration says what is allowed.

    `message` is the message that it was called on, for commands that are offered on messages, and `quoted` its words as
    far as the platform gives them.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    message: str | None = None
    quoted: Quote | None = None
    kind: Literal["invocation"] = "invocation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Event):
    """A form was filled in. `form` is the form's action; a field that was left empty is absent from `values`.

    `id` is the message whose button opened it, if known.
    """

    form: str
    id: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["submission"] = "submission"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relocation(Event):
    """A community has a new id on its platform. `place` is its new place, `former` the one before."""

    former: Place
    kind: Literal["relocation"] = "relocation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival(Event):
    """Somebody added the assistant to a community called `name`.

    `user` is that person; their id is empty if the platform does not tell. `place` is a channel that we may write in,
    without one if there is none.
    """

    name: str = ""
    kind: Literal["arrival"] = "arrival"


AnyEvent = Message | Edit | Deletion | Reaction | Press | Invocation | Submission | Relocation | Arrival
TaggedEvent = Annotated[AnyEvent, pydantic.Field(discriminator="kind")]
EVENT: pydantic.TypeAdapter[AnyEvent] = pydantic.TypeAdapter(TaggedEvent, config={"defer_build": True})
"""Turns an event into JSON and back, for the inbox. It is built when it is first used: most commands never do."""


@dataclass(frozen=True, slots=True)
class Button:
    """A labelled choice. `action` comes back in a `Press`; `core.actions` writes and reads it.

    `chosen` marks the current choice (the thumb that a person gave). Buttons with the same `row` stand together, if
    the platform's rows are wide enough; another number begins a new row.
    """

    action: str
    label: str
    emoji: str = ""
    chosen: bool = False
    row: int = 0


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose from. `action` comes back in a `Press` with the chosen values.

    `options` are pairs of value and label; they are empty for the kinds "channel" and "role", for which the platform
    has its own list. Any number of them up to `most` may be chosen, including none.
    """

    action: str
    label: str
    kind: Literal["option", "channel", "role"] = "option"
    options: tuple[tuple[str, str], ...] = ()
    chosen: tuple[str, ...] = ()
    most: int = 1


@dataclass(frozen=True, slots=True)
class File:
    """A file for a person: its name, its media type and its content."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form: free text, or a choice of `options` (value, label), or several of them."""

    name: str
    label: str
    kind: Literal["text", "choice", "choices"] = "text"
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    limit: int = 2000
    required: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """Questions asked at once. `action` comes back in the `Submission`; several chosen values are joined by commas.

    `text` is Markdown that is shown above the questions; it is cut if the platform has little room.
    """

    action: str
    title: str
    fields: tuple[Field, ...]
    submit: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of ours.

    - `literal` stands below the text and is not Markdown: every platform shows it letter by letter, and nothing in it
      becomes a link, a mention or a formatting mark.
    - `answer` is the id of the answer that it shows, empty for a notice.
    - `tree_message` is the id of the message of a tree that it shows, so that a thumb on it is about that message.
    - `status` is a line beneath the text that is not part of it (the place in the queue, "interrupted").
    - `reasoning` is what the model thought before it answered, for surfaces that can show it folded up.
    - `underway` says that more text is coming. The first `firm` characters of the text stay as they are then (None: all
       of them); the rest may be shown differently once there is more of it.
    - `reply_to` is the platform's id of the message it answers.
    - `replaces` is the platform's id of a message of ours whose place it takes, if the platform can do that.
    - `personal` asks that only the person addressed sees it.
    - `notifies` is somebody whom the platform tells of the message, and who is named before its text. It tells nobody
      else, whatever the text says.
    - `asks` is the hint in the empty field for the person's reply to this message, if the platform can open one.
    """

    text: str
    answer: str = ""
    status: str = ""
    underway: bool = False
    buttons: tuple[Button, ...] = ()
    selects: tuple[Select, ...] = ()
    files: tuple[File, ...] = ()
    reply_to: str | None = None
    replaces: str | None = None
    personal: bool = False
    notifies: User | None = None
    asks: str = ""
    literal: str = ""
    tree_message: str = ""
    reasoning: str = ""
    firm: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a transcript, as shown to the person who reads it.

    For an answer, `id` equals `Reply.answer`; `platform_id` is what an `Edit` or a `Message.reply_to` refers to.
    `branch` is its place (1-based) among `branches`, the ids of the versions with the same parent, oldest first.
    `rating` is the viewer's own: 1, -1, or 0. `reasoning` is what the model thought, `quoted` are words of others that
    a question is about. `letter` is that of one of two answers to choose between: B follows A, with both buttons.
    """

    id: str
    role: Literal["prompter", "assistant"]
    text: str
    author: str
    at: datetime
    state: MessageState
    platform_id: str | None = None
    model: str = ""
    status: str = ""
    branch: int = 1
    branches: tuple[str, ...] = ()
    rating: int = 0
    buttons: tuple[Button, ...] = ()
    reasoning: str = ""
    quoted: tuple[str, ...] = ()
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list: its place, its title (the first message, cut) and when it was last used."""

    id: str
    place: Place
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OptionHelp:
    """An option of a command as a menu shows it.

    `values` are the allowed values, empty if any text is allowed. With `live`, they change while we run; `values` is
    empty then too, and `SurfaceRecords.complete` gives them.
    """

    name: str
    description: str
    required: bool = False
    values: tuple[str, ...] = ()
    live: bool = False


HelpGroup = Literal["talk", "rate", "tasks", "plugins", "settings", "data", "community"]
"""What people do with a command, in the order of /help; the heading of each is the text `help-group-<name>`."""


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """A command as a menu shows it: `usage` is `/name <required> [optional]`.

    `title` is its name in the person's language. `label` is its name in the menu of a message, empty if it is not
    offered there; where that menu has little room, the lowest `rank` comes first. A
    `portable` command also works where the assistant has not been added: it needs nothing of the place. A `switchable`
    one may be switched off in a community.
    """

    name: str
    group: HelpGroup
    usage: str
    description: str
    options: tuple[OptionHelp, ...] = ()
    admin: bool = False
    title: str = ""
    label: str = ""
    rank: int = 0
    portable: bool = False
    switchable: bool = False
