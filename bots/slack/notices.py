"""Notices that one person alone sees: beside what they did, or in their direct messages with us."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bots.slack.calls import QUIET, WorkspaceCalls
from bots.slack.people import WorkspacePeople
from bots.slack.plain import taken
from bots.slack.receive import InteractionTicket
from bots.slack.refusals import REJECTED, UNSEEN, code_of, refusal_of
from bots.slack.render import Block, Groups, notification
from bots.slack.replies import refused
from bots.slack.uploads import upload
from core.messages import AnyEvent, Place, Reply

log = structlog.get_logger()

URL_LASTS = timedelta(minutes=29)
"""How long a response_url accepts messages: thirty minutes, less a margin."""


@dataclass(slots=True)
class PersonalNotices:
    """Shows replies to one person alone."""

    calls: WorkspaceCalls
    people: WorkspacePeople

    async def whisper(self, place: Place, reply: Reply, cause: AnyEvent) -> None:
        """Show a reply in a channel to the person who caused it alone; files are sent to them in direct messages."""
        if reply.files:
            channel = await self.people.direct(place.community, cause.user.id)
            await self.tell(place, channel, reply)
            await upload(self.calls.client(place), reply.files, channel)
            return
        choices = await self.people.choices(place.community, reply)
        if await self._answered(place, reply, cause, choices):
            return
        try:
            await taken(reply, choices, lambda shown: self._show(place, reply, cause, shown))
        except SlackApiError as error:
            if refusal_of(error) not in UNSEEN:
                raise
            await self.tell(place, await self.people.direct(place.community, cause.user.id), reply)

    async def tell(self, place: Place, channel: str, reply: Reply) -> None:
        """Post a reply in a channel that only the person reads."""
        await taken(
            reply,
            await self.people.choices(place.community, reply),
            lambda shown: self.calls.call(
                place,
                "chat.postMessage",
                lambda client: client.chat_postMessage(
                    channel=channel,
                    thread_ts=(place.thread or None) if channel == place.channel else None,
                    text=notification(reply),
                    blocks=shown,
                    **QUIET,
                ),
            ),
        )

    async def _answered(self, place: Place, reply: Reply, cause: AnyEvent, choices: Groups) -> bool:
        """Answer an interaction at its own address. Returns whether Slack accepted that."""
        ticket = InteractionTicket.parse(cause.ticket)
        if not ticket.response_url or datetime.now(UTC) - cause.at >= URL_LASTS:
            return False
        webhook = AsyncWebhookClient(ticket.response_url, session=self.calls.workspaces.session, retry_handlers=[])
        told = {"text": notification(reply), "response_type": "ephemeral", "replace_original": bool(reply.replaces)}
        in_thread = {"thread_ts": place.thread} if place.thread else {}

        async def send(shown: list[Block]) -> WebhookResponse:
            answer = await webhook.send_dict({**told, **in_thread, "blocks": shown})
            if answer.status_code != 200 and answer.body in REJECTED:
                raise refused("response_url", answer.body)
            return answer

        try:
            answer = await taken(reply, choices, send)
        except SlackApiError as error:
            log.info("response_url_refused", code=code_of(error))
            return False
        if answer.status_code == 200:
            return True
        log.info("response_url_refused", status=answer.status_code)
        return False

    async def _show(self, place: Place, reply: Reply, cause: AnyEvent, shown: list[Block]) -> None:
        await self.calls.call(
            place,
            "chat.postEphemeral",
            lambda client: client.chat_postEphemeral(
                channel=place.channel,
                user=cause.user.id,
                thread_ts=place.thread or None,
                text=notification(reply),
                blocks=shown,
            ),
        )
