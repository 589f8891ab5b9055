"""Files that came with a message, fetched from Slack with the token of their workspace."""

from urllib.parse import urlsplit

import structlog

from bots.shared.failures import NETWORK_FAILURES
from bots.slack.workspaces import WorkspaceDirectory
from core.errors import UserError
from core.messages import Attachment

log = structlog.get_logger()

LARGEST_FILE = 1024 * 1024


async def read(workspaces: WorkspaceDirectory, attachment: Attachment) -> bytes:
    """Return a file's content, cut off just above 1 MiB. Raises UserError if it cannot be fetched."""
    team, _, address = attachment.address.partition(" ")
    unread = UserError("attachments-unread", names=attachment.name)
    workspace = workspaces.find(team)
    if workspace is None or workspaces.session is None or not _slacks_own(address, workspaces.base_url):
        raise unread
    headers = {"Authorization": f"Bearer {workspace.token}"}
    try:
        async with workspaces.session.get(address, headers=headers, allow_redirects=False) as answer:
            if answer.status != 200:
                # Without permission to read files, Slack redirects us to its login page for people.
                log.warning("attachment_not_fetched", status=answer.status)
                raise unread
            return await answer.content.read(LARGEST_FILE + 1)
    except NETWORK_FAILURES as error:
        log.warning("attachment_not_fetched", error=type(error).__name__)
        raise unread from None


def _slacks_own(address: str, base_url: str) -> bool:
    """Return whether an address belongs to Slack; a token may only be sent to Slack."""
    host = urlsplit(address).hostname or ""
    ours = urlsplit(base_url).hostname
    return host == ours if ours else host == "slack.com" or host.endswith(".slack.com")
