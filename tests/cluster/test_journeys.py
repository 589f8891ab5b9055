"""The journeys of the table, and those of labeling, in a cluster: each on one of the platforms that people share."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg
import pytest

from tests.cluster.stages import PLATFORMS, cluster_stage
from tests.journeys import test_manners as manners
from tests.journeys import test_seen as seen
from tests.journeys import test_table as table
from tests.journeys import test_tasks as tasks
from tests.journeys import test_whole as whole
from tests.journeys.planted import plant
from tests.journeys.stages.guest import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.sweep]

Journey = Callable[[Stage], Awaitable[None]]
TaskJourney = Callable[[Stage, str], Awaitable[None]]

JOURNEYS: tuple[Journey, ...] = (
    table.test_ask_rate_change_restart_remove,
    whole.test_an_answer_streams_and_can_be_stopped,
    table.test_rate_by_reaction_over_a_restart,
    table.test_retry_gives_another_answer,
    table.test_start_shows_what_to_try,
    table.test_a_communitys_own_persona_answers,
    table.test_privacy_is_asked_and_withdrawn,
    table.test_forget_me_erases_what_was_said,
    table.test_a_conversation_is_deleted,
    table.test_a_question_gets_a_thread_of_its_own,
    table.test_a_profile_is_saved_and_used,
    table.test_settings_by_panel_and_by_line,
    manners.test_who_adds_it_is_told_once_what_an_admin_does_first,
    seen.test_files_that_are_sent_together_are_one_question,
    seen.test_a_forwarded_message_is_quoted_with_its_file_and_is_no_command,
    seen.test_what_the_platform_says_in_the_channel_is_no_speech,
    seen.test_a_message_of_somebody_is_explained_to_who_asks_alone,
    seen.test_what_is_replied_to_is_seen_with_its_file,
)
TASKS: tuple[TaskJourney, ...] = (
    tasks.test_a_reply_is_judged_with_one_tap_and_the_next_task_takes_its_place,
    tasks.test_a_task_is_skipped_for_good_or_put_off,
    tasks.test_a_prompt_is_written_alone_and_with_its_reply,
    tasks.test_a_reply_is_judged_with_the_whole_form,
    tasks.test_a_draft_and_half_a_ranking_survive_a_restart,
    tasks.test_three_answers_are_ranked_by_tapping_them_in_order,
    tasks.test_one_answer_of_a_ranking_is_reported,
)


ON_DISCORD: frozenset[Callable[..., object]] = frozenset(
    {
        whole.test_an_answer_streams_and_can_be_stopped,
        table.test_a_question_gets_a_thread_of_its_own,
    }
)
"""Journeys that are made on Discord, which has threads and whose edits a test can follow word by word."""


def in_turn(journeys: tuple[Callable[..., object], ...], first: int = 0) -> list[object]:
    """Each journey with one platform, which is another one each time."""
    return [
        pytest.param(
            journey,
            "discord" if journey in ON_DISCORD else PLATFORMS[(first + number) % len(PLATFORMS)],
            id=journey.__name__.removeprefix("test_"),
        )
        for number, journey in enumerate(journeys)
    ]


@pytest.mark.parametrize(("journey", "platform"), in_turn(JOURNEYS))
async def test_a_journey_in_a_cluster(journey: Journey, platform: str, tmp_path: Path, postgres_url: str) -> None:
    async with cluster_stage(platform, postgres_url, tmp_path) as stage:
        await journey(stage)


@pytest.mark.parametrize(("journey", "platform"), in_turn(TASKS, 1))
async def test_a_journey_of_labeling_in_a_cluster(
    journey: TaskJourney, platform: str, tmp_path: Path, postgres_url: str
) -> None:
    await plant(postgres_url)
    async with cluster_stage(platform, postgres_url, tmp_path) as stage:
        await journey(stage, platform)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_reminder_comes_once(platform: str, tmp_path: Path, postgres_url: str) -> None:
    planned = "SELECT count(*) FROM plugin_call"
    async with cluster_stage(platform, postgres_url, tmp_path) as stage, stage.open() as guest:
        await guest.commands("remind", text="in 1 minute take the bread out")
        await guest.ledger.until_rows(planned, [(1,)])
        # Whoever of the two workers has the clock makes it.
        await asyncio.to_thread(hasten, postgres_url)
        rung = "⏰ take the bread out"
        await guest.until(lambda: any(rung in text for text in guest.posted()))
        await guest.ledger.until_rows(planned, [(0,)])
        assert guest.notified(rung)
        assert sum(rung in text for text in guest.posted()) == 1


def hasten(url: str) -> None:
    """Let what is planned be due now."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE plugin_call SET due = now()")
