"""Who may do what: Discord's permission bits, and how roles and overwrites add up (docs, "Permissions")."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.standin_discord.world import Account, Channel, Guild

BITS = {
    "ADMINISTRATOR": 1 << 3,
    "MANAGE_CHANNELS": 1 << 4,
    "MANAGE_GUILD": 1 << 5,
    "ADD_REACTIONS": 1 << 6,
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "MANAGE_MESSAGES": 1 << 13,
    "EMBED_LINKS": 1 << 14,
    "ATTACH_FILES": 1 << 15,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "MENTION_EVERYONE": 1 << 17,
    "USE_EXTERNAL_EMOJIS": 1 << 18,
    "CHANGE_NICKNAME": 1 << 26,
    "USE_APPLICATION_COMMANDS": 1 << 31,
    "MANAGE_THREADS": 1 << 34,
    "CREATE_PUBLIC_THREADS": 1 << 35,
    "CREATE_PRIVATE_THREADS": 1 << 36,
    "SEND_MESSAGES_IN_THREADS": 1 << 38,
}
ALL = (1 << 53) - 1

EVERYBODY = (
    "ADD_REACTIONS",
    "VIEW_CHANNEL",
    "SEND_MESSAGES",
    "EMBED_LINKS",
    "ATTACH_FILES",
    "READ_MESSAGE_HISTORY",
    "MENTION_EVERYONE",
    "USE_EXTERNAL_EMOJIS",
    "CHANGE_NICKNAME",
    "USE_APPLICATION_COMMANDS",
    "CREATE_PUBLIC_THREADS",
    "CREATE_PRIVATE_THREADS",
    "SEND_MESSAGES_IN_THREADS",
)
"""What @everyone may in a new server; mass mentions are among it, so that a test sees each one that gets through."""


def bits(*names: str) -> int:
    """The permissions of these names together."""
    found = 0
    for name in names:
        found |= BITS[name]
    return found


def in_guild(guild: "Guild", account: "Account") -> int:
    """What somebody's roles permit."""
    if account is guild.owner:
        return ALL
    member = guild.members.get(account.id)
    held = {guild.id, *(member.roles if member else ())}
    found = 0
    for role in guild.roles:
        if role.id in held:
            found |= role.permissions
    return ALL if found & BITS["ADMINISTRATOR"] else found


def in_channel(channel: "Channel", account: "Account") -> int:
    """What somebody may in a channel; a thread has its parent's overwrites."""
    if channel.guild is None:
        return bits(*EVERYBODY)
    found = in_guild(channel.guild, account)
    if found == ALL:
        return ALL
    allow, deny = (channel.parent or channel).overwrites.get(account.id, (0, 0))
    found = (found & ~deny) | allow
    return found if found & BITS["VIEW_CHANNEL"] else 0
