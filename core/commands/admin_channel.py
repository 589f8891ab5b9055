"""Messages to a community's admins, in the log channel that they chose."""

from collections.abc import Sequence
from dataclasses import replace

from core.community_settings import CommunitySettingsStore
from core.delivery.call import CommandCall
from core.delivery.outbox import post
from core.messages import Button, Reply


async def tell_admins(
    call: CommandCall, communities: CommunitySettingsStore, text: str, about: str, buttons: Sequence[Button] = ()
) -> None:
    """Post a text in the community's log channel, if it has one. `about` tells apart two texts about one event."""
    settings = await communities.settings(call.event.place)
    if not settings.log_channel:
        return
    place = replace(call.event.place, channel=settings.log_channel, thread="", private=False)
    reply = Reply(text, buttons=tuple(buttons))
    await post(call.store, call.chat, call.event, reply, f"{call.event.key}#{about}", elsewhere=place)
