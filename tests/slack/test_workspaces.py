"""Workspaces that install the app, where several processes share a database."""

from slack_sdk.oauth.installation_store.models.installation import Installation

from bots.slack.workspaces import WorkspaceDirectory
from core.store.engine.database import Database
from core.surface_queries import StoredKeep
from tests.slack.server.server import Slack
from tests.slack.server.world import Team


def installation(team: Team) -> Installation:
    return Installation(user_id="U1", team_id=team.id, team_name=team.name, bot_token=team.token)


async def opened(world: Slack, store: Database) -> WorkspaceDirectory:
    """What a process knows that has just been started."""
    directory = WorkspaceDirectory(world.base_url, StoredKeep(store, "slack"))
    await directory.open("")
    return directory


async def test_what_is_installed_by_one_process_is_known_to_all(world: Slack, store: Database) -> None:
    first, second = await opened(world, store), await opened(world, store)
    meadow, wood = world.team("Meadow"), world.team("Wood")
    await first.async_save(installation(meadow))
    asked = await second.client(meadow.id).auth_test()
    assert asked["team_id"] == meadow.id
    known = await second.known(meadow.id)
    assert known
    assert known.token == meadow.token

    # Installed anew, it has another token, and Slack does not take the former one any more.
    meadow.token = "xoxb-anew"
    await first.async_save(installation(meadow))
    assert (await second.client(meadow.id).auth_test())["team_id"] == meadow.id

    # Neither process drops what the other has noted.
    await second.async_save(installation(wood))
    third = await opened(world, store)
    assert [one.team for one in third.all] == [meadow.id, wood.id]
    await second.remove(meadow.id)
    fourth = await opened(world, store)
    assert [one.team for one in fourth.all] == [wood.id]
    assert await fourth.known(meadow.id) is None
    for one in (first, second, third, fourth):
        await one.close()


async def test_the_workspace_of_the_settings_may_remove_us_too(world: Slack, store: Database) -> None:
    directory = WorkspaceDirectory(world.base_url, StoredKeep(store, "slack"))
    await directory.open(world.token)
    assert await directory.known(world.garden.id)
    await directory.remove(world.garden.id)
    assert await directory.known(world.garden.id) is None
    await directory.close()
