"""Messages to a community's admins, in the log channel that they chose."""

from collections.abc import Sequence

import structlog

from core.community_settings import CommunitySettingsStore, spot, within
from core.delivery.call import CommandCall
from core.delivery.outbox import post
from core.errors import UserError
from core.messages import Button, Invocation, Press, Reply, Submission
from core.rights import Role, role_of

log = structlog.get_logger()

LOST = "log_lost"
"""The name under which we store a community's log channel that we could not write to."""

HIDDEN = "content_hidden"
"""The name under which we store that a platform keeps the content of messages in a community from us."""

UNTOLD, TOLD = "untold", "told"


async def tell_admins(
    call: CommandCall, communities: CommunitySettingsStore, text: str, about: str, buttons: Sequence[Button] = ()
) -> None:
    """Post a text in the community's log channel, if it has one. `about` tells two texts about one event apart. If the
    text cannot be posted, the event that it reports still counts; the next admin who uses a command is told, once.
    """
    place = call.event.place
    settings = await communities.settings(place)
    if not settings.log_channel:
        return
    if not await written(call, settings.log_channel, text, about, buttons):
        await communities.change_if(place, LOST, "", UNTOLD)
    elif settings.log_lost:
        await communities.change(place, LOST, "")


async def written(call: CommandCall, channel: str, text: str, about: str, buttons: Sequence[Button] = ()) -> bool:
    """Post a text in a channel of the event's community. Returns False if the platform does not let us."""
    reply, key = Reply(text, buttons=tuple(buttons)), f"{call.event.key}#{about}"
    try:
        await post(call.store, call.chat, call.event, reply, key, elsewhere=spot(call.event.place, channel))
    except UserError as error:
        # Whatever a platform says about the log channel, it must not undo what somebody has done elsewhere.
        log.warning("log_channel_failed", error=error, platform=call.event.place.platform)
        return False
    return True


async def tell_untold(call: CommandCall, communities: CommunitySettingsStore) -> None:
    """Tell an admin who uses a command what no admin knows yet: that the log channel does not work any more, and that
    the platform keeps the content of messages from us.
    """
    event = call.event
    if not isinstance(event, Invocation | Press | Submission) or role_of(event.user) < Role.ADMIN:
        return
    settings = await communities.settings(event.place)
    if settings.log_lost == UNTOLD and await communities.change_if(event.place, LOST, UNTOLD, TOLD):
        channel = call.chat.mention("channel", settings.log_channel)
        await call.tell(call.text("log-lost", channel=channel), about="log-lost")
    if settings.content_hidden == UNTOLD and await communities.change_if(event.place, HIDDEN, UNTOLD, TOLD):
        await call.tell(call.text("log-content-hidden"), about="content-hidden")


async def note_hidden(call: CommandCall, communities: CommunitySettingsStore) -> None:
    """Tell the admins, once, that the platform keeps the content of messages from us: in the log channel, or else when
    the next admin uses a command.
    """
    settings = await communities.settings(call.event.place)
    first = TOLD if settings.log_channel else UNTOLD
    if settings.content_hidden or not await communities.change_if(call.event.place, HIDDEN, "", first):
        return
    if settings.log_channel:
        await tell_admins(call, communities, call.text("log-content-hidden"), "content-hidden")


async def require_unread(call: CommandCall, communities: CommunitySettingsStore) -> None:
    """Raise UserError if people other than admins could read a reply to a command here."""
    place = call.event.place
    settings = await communities.settings(place)
    if not (call.confidential or within(place, frozenset({settings.log_channel}))):
        raise UserError("mod-others-read")
