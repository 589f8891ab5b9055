"""Quotas by role, as an admin writes them: `@Supporters 50, @Guests 5`."""

import re

from core.community_settings import role_numbers
from core.delivery.call import CommandCall
from core.errors import UserError
from core.ports.chat import Chat

NAME = "role_answers"
"""The setting."""

PART = re.compile(r"(?P<role>.{1,200}?)[\s:=]+(?P<number>\d{1,6})")
MOST = 25


async def meant(call: CommandCall, value: str) -> str:
    """Return what is stored for a value: each role's id with its number.

    Raises UserError if it cannot be read, if a role is not there, or if the platform has no roles.
    """
    if "role" not in call.chat.capabilities.selects:
        raise UserError("settings-roles-none")
    found: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in value.split(","))):
        match = PART.fullmatch(part)
        if match is None:
            raise UserError("settings-roles-wrong", value=part[:80])
        role = await call.chat.find("role", match["role"].strip(), call.event.place)
        if not role:
            raise UserError("named-unknown-role", value=match["role"][:80])
        found[role] = str(int(match["number"]))
    if not found:
        raise UserError("settings-roles-wrong", value=value[:80])
    if len(found) > MOST:
        raise UserError("settings-most", name=call.text("setting-role-answers"), most=MOST)
    return ",".join(f"{role}={number}" for role, number in found.items())


def shown(chat: Chat, value: str) -> str:
    """Return a stored value as people read it."""
    return ", ".join(f"{chat.mention('role', role)} {number}" for role, number in role_numbers(value).items())
