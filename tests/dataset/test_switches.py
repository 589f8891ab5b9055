"""The operator's switches, and what is noted about them."""

import pytest
from sqlmodel import Session

from cli.wiring.platforms import exported
from core.dataset.export.consent import ExportSwitches
from core.store.engine.database import Database
from core.store.export_switches import history, switch, switches

pytestmark = pytest.mark.above_the_store


async def test_switches_lie_on_the_defaults(store: Database) -> None:
    def turn(session: Session) -> ExportSwitches:
        switch(session, "slack", "form", True, "our own app")
        switch(session, "discord", "", False, "denied")
        return ExportSwitches(exported()).changed(switches(session))

    found = await store.write(turn)
    assert found.refuse("slack", "form") == ""
    assert found.refuse("slack", "command") == "platform-off"
    assert found.refuse("discord", "form") == "platform-off"
    assert found.refuse("web", "web") == ""
    assert found.refuse("telegram", "gateway") == "source-off"


async def test_a_platform_that_is_off_is_off_with_all_that_was_on(store: Database) -> None:
    def turn(session: Session) -> dict[tuple[str, str], bool]:
        switch(session, "slack", "form", True, "our own app")
        switch(session, "slack", "reaction", False, "denied")
        switch(session, "slack", "", False, "denied")
        return switches(session)

    assert await store.write(turn) == {("slack", ""): False, ("slack", "reaction"): False}


async def test_every_change_stands_in_the_audit(store: Database) -> None:
    await store.write(lambda session: switch(session, "slack", "", True, "our own app (who: root)"))
    await store.write(lambda session: switch(session, "slack", "", False, "denied (who: root)"))
    rows = await store.read(history)
    assert [(row.action, row.subject, row.outcome, row.community_id) for row in rows] == [
        ("export-switch", "slack", "on: our own app (who: root)", None),
        ("export-switch", "slack", "off: denied (who: root)", None),
    ]
