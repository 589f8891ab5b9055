"""Who is mentioned in a text, and who is really alerted by it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.standin_discord.refusal import invalid

CODE = re.compile(r"```.*?```|``.*?``|`[^`\n]*`", re.DOTALL)
USER, ROLE, MASS = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>"), re.compile(r"@(?:everyone|here)")
EVERYTHING: Mapping[str, Any] = {"parse": ["users", "roles", "everyone"], "replied_user": True}


@dataclass(frozen=True, slots=True)
class Pings:
    """Whom a message alerts: ids of people, ids of roles, and whether everybody."""

    users: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)

    def __or__(self, other: "Pings") -> "Pings":
        return Pings(self.users | other.users, self.roles | other.roles, self.everyone or other.everyone)


def ids(values: Any) -> frozenset[str]:
    """Ids as text; Discord takes numbers as well."""
    return frozenset(str(value) for value in values or ())


def check(allowed: Mapping[str, Any] | None) -> None:
    """Raises Refusal where `allowed_mentions` contradicts itself (docs, "Allowed Mentions Object")."""
    for name in ("users", "roles"):
        if allowed and name in (allowed.get("parse") or ()) and allowed.get(name):
            raise invalid(f"allowed_mentions: parse has {name!r} and there is a list of them; these exclude each other")


def pings(text: str, allowed: Mapping[str, Any] | None, replied: str | None, mass: bool) -> Pings:
    """Whom a text alerts.

    `allowed` is `allowed_mentions`: without it everything in the text alerts, as Discord documents. `replied` is the
    author of the message that is replied to, and `mass` whether the writer may mention everybody and roles.
    """
    if "<@" not in text and "@" not in text and replied is None:
        return Pings()
    rules = EVERYTHING if allowed is None else allowed
    parse = rules.get("parse") or ()
    bare = CODE.sub(" ", text)
    users, roles = ids(USER.findall(bare)), ids(ROLE.findall(bare))
    found = users if "users" in parse else users & ids(rules.get("users"))
    if replied and rules.get("replied_user"):
        found |= {replied}
    named = roles if "roles" in parse else roles & ids(rules.get("roles"))
    everyone = mass and "everyone" in parse and bool(MASS.search(bare))
    return Pings(found, named if mass else frozenset(), everyone)
