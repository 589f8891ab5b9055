"""What a community's admins are told: one line at a time, in the channel that they chose for it."""

from dataclasses import replace

from core.commands import Call, post
from core.communities import Communities
from core.messages import Reply


async def tell_admins(call: Call, communities: Communities, text: str, about: str) -> None:
    """Post a text in the community's log channel, where it has one. `about` tells two texts of one event apart."""
    settings = await communities.settings(call.event.place)
    if not settings.log_channel:
        return
    place = replace(call.event.place, channel=settings.log_channel, thread="", private=False)
    await post(call.store, call.chat, call.event, Reply(text), f"{call.event.key}#{about}", elsewhere=place)
