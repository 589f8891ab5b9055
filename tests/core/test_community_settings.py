"""The settings of a community decide which messages pass."""

from asyncio import gather
from datetime import UTC, datetime
from typing import Any

import pytest

from core.community_settings import CommunitySettings, CommunitySettingsStore, parsed
from core.errors import NotAllowed, UserError
from core.limits import AnswerLimits
from core.messages import AnyEvent, Edit, Invocation, Message, Place, Press, Reaction, User
from core.store.engine.database import Database
from tests.shared.wrong_settings import STRICTEST

pytestmark = pytest.mark.above_the_store

HERE = Place("paper", "server", "room")
THERE = Place("paper", "server", "elsewhere")
ALONE = Place("paper", "ana", "letters", private=True)
DIRECT = Place("paper", "server", "a direct message", private=True)
ANA = User("ana", "Ana", roles=frozenset({"users"}))
ADMIN = User("kim", "Kim", admin=True)
ONLY_HERE = CommunitySettings(channels=frozenset({"room"}))
SOME = CommunitySettings(users=frozenset({"users"}), raters=frozenset({"raters"}))
SILENT = CommunitySettings(ratings=False)


def event(kind: type[Any], user: User = ANA, place: Place = HERE, **fields: Any) -> AnyEvent:
    made: AnyEvent = kind(key="k", place=place, user=user, at=datetime.now(UTC), **fields)
    return made


MESSAGE: dict[str, Any] = {"id": "m", "text": "Hi"}
THUMB: dict[str, Any] = {"id": "m", "emoji": "👍", "added": True}
OFF: dict[str, Any] = {**THUMB, "added": False}
NOBODY = User("ben", "Ben")


@pytest.mark.parametrize(
    ("settings", "given", "expected"),
    [
        (CommunitySettings(), event(Message, **MESSAGE), True),
        (ONLY_HERE, event(Message, **MESSAGE), True),
        (ONLY_HERE, event(Message, place=THERE, **MESSAGE), False),
        (ONLY_HERE, event(Message, ADMIN, THERE, **MESSAGE), False),
        (ONLY_HERE, event(Edit, place=THERE, **MESSAGE), False),
        (ONLY_HERE, event(Message, place=ALONE, **MESSAGE), True),
        (ONLY_HERE, event(Invocation, place=THERE, command="help"), True),
        (ONLY_HERE, event(Invocation, place=THERE, command="retry"), UserError),
        (ONLY_HERE, event(Press, place=THERE, action="again:1"), UserError),
        (ONLY_HERE, event(Reaction, place=THERE, **THUMB), True),
        (SOME, event(Message, **MESSAGE), True),
        (SOME, event(Message, NOBODY, **MESSAGE), NotAllowed),
        (SOME, event(Message, ADMIN, **MESSAGE), True),
        # On Slack, direct messages belong to the workspace, and so do the people in them.
        (SOME, event(Message, NOBODY, DIRECT, **MESSAGE), NotAllowed),
        (SOME, event(Message, ANA, DIRECT, **MESSAGE), True),
        (SOME, event(Press, ANA, DIRECT, action="up:1"), NotAllowed),
        (CommunitySettings(), event(Message, NOBODY, ALONE, **MESSAGE), True),
        (SOME, event(Reaction, **THUMB), False),
        (SOME, event(Reaction, **OFF), True),
        (SOME, event(Reaction, NOBODY, **OFF), True),
        (SOME, event(Press, action="up:1"), NotAllowed),
        (SOME, event(Press, ADMIN, action="up:1"), True),
        (SILENT, event(Reaction, ADMIN, **THUMB), False),
        (SILENT, event(Press, action="down:1"), UserError),
        (SILENT, event(Invocation, command="rate"), UserError),
        (SILENT, event(Invocation, command="help"), True),
    ],
)
def test_who_may_do_what_where(settings: CommunitySettings, given: AnyEvent, expected: bool | type[UserError]) -> None:
    if isinstance(expected, bool):
        assert settings.admit(given) is expected
    else:
        with pytest.raises(expected):
            settings.admit(given)


OWN_DATA = (
    *(
        {"kind": Invocation, "command": name}
        for name in ("help", "privacy", "private", "mydata", "forgetme", "conversations", "stop")
    ),
    *({"kind": Press, "action": action} for action in ("agree:1", "withdraw:1", "ask-again:x", "forget:me", "keep:me")),
    *({"kind": Press, "action": action} for action in ("stop", "private:off", "talk:x:hide", "talks:one")),
)
"""What people do about their own data, and to find it."""


@pytest.mark.parametrize("gates", [*({name: value} for name, value in STRICTEST.items()), STRICTEST])
@pytest.mark.parametrize("given", OWN_DATA, ids=lambda given: str(given.get("command") or given.get("action")))
def test_no_gate_takes_somebodys_own_data_away(gates: dict[str, str], given: dict[str, Any]) -> None:
    kept = {name: value.format(channel="elsewhere", role="nobodys") for name, value in gates.items()}
    for user in (NOBODY, User("mo", "Mo", moderator=True), ADMIN):
        assert parsed(kept).admit(event(user=user, **given))


@pytest.mark.parametrize("gates", [*({name: value} for name, value in STRICTEST.items()), STRICTEST])
def test_no_gate_keeps_an_admin_from_the_settings(gates: dict[str, str]) -> None:
    kept = {name: value.format(channel="elsewhere", role="nobodys") for name, value in gates.items()}
    assert parsed(kept).admit(event(Invocation, ADMIN, command="settings"))
    for action in ("settings:where", "set:users", "ratings:on", "quotas:here"):
        assert parsed(kept).admit(event(Press, ADMIN, action=action))


def test_settings_are_read_from_what_is_kept() -> None:
    found = parsed({"channels": "1,2", "answers": "5", "community_answers": "many", "ratings": "off", "other": "x"})
    assert found.channels == {"1", "2"}
    assert (found.answers, found.community_answers, found.ratings) == (5, None, False)
    assert found.limits(AnswerLimits(), ANA).answers == 5
    assert found.limits(AnswerLimits(), ANA).community_answers == AnswerLimits().community_answers


async def test_of_several_who_change_a_setting_at_once_one_does(store: Database) -> None:
    communities = CommunitySettingsStore(store)
    changed = await gather(*(communities.change_if(HERE, "log_lost", "", "untold") for _ in range(3)))
    assert sorted(changed) == [False, False, True]
    assert not await communities.change_if(HERE, "log_lost", "", "untold")
    assert await communities.change_if(HERE, "log_lost", "untold", "told")
    assert (await communities.settings(HERE)).log_lost == "told"
