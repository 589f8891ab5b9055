"""What passes between the platforms and the core: events in, replies out. Frozen data that every side speaks.

Text is Markdown (CommonMark) in both directions; a bot translates it into its platform's own idiom.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field as Tagged
from pydantic import TypeAdapter

Source = Literal["command", "form", "direct", "gateway", "reaction", "web", "terminal"]
"""How a contribution reached us. Export is switched per platform and source, since platforms restrict what bots may
do with what they read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation happens: one place, one conversation.

    `community` is the tenant (a server, a workspace, this machine); nothing of one community is visible in another.
    `thread` is empty where a channel is a conversation of its own. `private` marks a place that one person alone sees.
    """

    platform: str
    community: str
    channel: str
    thread: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """A person as the platform describes them.

    `language` is a BCP 47 tag, empty where the platform does not say: the community's language counts then. `admin`:
    they run this community. `roles` are the platform's ids of the groups that they are in.
    """

    id: str
    name: str
    language: str = "en"
    admin: bool = False
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened on a platform.

    `key` is unique for what happened, not for its delivery: the same key is the same event, however often it comes.
    `ticket` is what the platform wants to see with a reply to this very event; it is worth something for minutes only.
    """

    key: str
    place: Place
    user: User
    at: datetime
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `address` is what the platform needs to find it; `size` is in bytes."""

    name: str
    media_type: str
    size: int
    address: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A message that a message replies to, and that the assistant was not called for.

    `outside` says that who sent it has not written it.
    """

    id: str
    user: User
    text: str
    reply_to: str | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Event):
    """A person spoke to the assistant.

    `reply_to` is the message it answers; without it, the last one, or with `fresh` none at all. `quoted` are the
    messages up the chain of replies, oldest first, as far as the platform tells, for those that we do not know.
    `outside` says that words are in it that the person did not write: those of a file, of a server, or of a message
    that they passed on.
    """

    id: str
    text: str
    reply_to: str | None = None
    fresh: bool = False
    quoted: tuple[Quote, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    outside: bool = False
    source: Source = "gateway"
    kind: Literal["message"] = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(Event):
    """A person changed a message that they had sent: a new branch beside the old one.

    With `offer` the answer waits until they ask for it, since people also edit to mend a typing error.
    """

    id: str
    text: str
    offer: bool = False
    source: Source = "gateway"
    kind: Literal["edit"] = "edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion(Event):
    """A message was deleted on the platform."""

    id: str
    kind: Literal["deletion"] = "deletion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction(Event):
    """An emoji (as Unicode text, skin tone removed) was put on a message, or taken away."""

    id: str
    emoji: str
    added: bool
    kind: Literal["reaction"] = "reaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(Event):
    """A button of a reply was pressed, or something was chosen from a select: then `values` has what.

    `action` is the button's or the select's own; `id` the message that carries it, where known.
    """

    action: str
    id: str | None = None
    values: tuple[str, ...] = ()
    kind: Literal["press"] = "press"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation(Event):
    """A command was called. Arguments are as the person gave them; the command's declaration says what they may be.

    `message` is the message that it was called on, for those that are offered there.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    message: str | None = None
    kind: Literal["invocation"] = "invocation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Event):
    """A form was filled in. `form` is the form's action; a field that was left empty is absent from `values`.

    `id` is the message whose button opened it, where known.
    """

    form: str
    id: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["submission"] = "submission"


AnyEvent = Message | Edit | Deletion | Reaction | Press | Invocation | Submission
EVENT: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Tagged(discriminator="kind")])
"""Turns an event into JSON and back, for the inbox."""


@dataclass(frozen=True, slots=True)
class Button:
    """A labelled choice. `action` comes back in a `Press`: at most 64 bytes, the smallest limit of the platforms.

    `chosen` marks a choice that is in force (the thumb that a person gave). Buttons of one `row` stand together, where
    the platform has rows that are wide enough; a new row begins with another number.
    """

    action: str
    label: str
    emoji: str = ""
    chosen: bool = False
    row: int = 0


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose from. `action` comes back in a `Press` with the chosen values: at most 64 bytes.

    `options` are pairs of value and label; they are empty for the kinds "channel" and "role", of which the platform
    knows what there is. Up to `most` may be chosen, also none.
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

    `text` is Markdown that is shown above the questions, cut where the platform has little room.
    """

    action: str
    title: str
    fields: tuple[Field, ...]
    submit: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of ours.

    `literal` stands below the text and is no Markdown: every platform shows it letter by letter, and nothing in it
    becomes a link, a mention or a mark.
    `answer` is the id of the answer that it shows, empty for a notice; `status` is a line beneath the text that is not
    part of it (the place in the queue, "interrupted"); `underway` says that more text is coming; `reply_to` is the
    platform's id of the message it answers; `replaces` that of a message of ours whose place it takes, where the
    platform can; `personal` asks that only the person addressed sees it; `asks` are a few words for the empty field in
    which the person shall write their reply to this message, where the platform can open one.
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
    asks: str = ""
    literal: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a transcript, as a person sees it who looks back.

    `id` and `answer` are alike for an answer; `platform_id` is what an `Edit` or a `Message.reply_to` refers to.
    `branch` is the place (1-based) among `branches`, the ids of the versions that share its parent, in order of age; a
    `Press` with the action `branch:<id>` switches to one of them.
    `rating` is the viewer's: 1, -1, or 0 for none. `state` is one of `core.store.tables.MESSAGE_STATES`.
    """

    id: str
    role: Literal["prompter", "assistant"]
    text: str
    author: str
    at: datetime
    state: str
    platform_id: str | None = None
    model: str = ""
    status: str = ""
    branch: int = 1
    branches: tuple[str, ...] = ()
    rating: int = 0
    buttons: tuple[Button, ...] = ()


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

    `values` are the allowed ones, empty for any text. With `live` they change while we run, and `values` is empty too:
    `Records.complete` has them.
    """

    name: str
    description: str
    required: bool = False
    values: tuple[str, ...] = ()
    live: bool = False


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """A command as a menu shows it: `usage` is `/name <required> [optional]`.

    `title` is its name in the person's language; `label` its name in the menu of a message, empty where it is not
    offered there.
    """

    name: str
    usage: str
    description: str
    options: tuple[OptionHelp, ...] = ()
    admin: bool = False
    title: str = ""
    label: str = ""
