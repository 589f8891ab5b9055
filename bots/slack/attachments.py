"""Downloads the files attached to a message from Slack, with the token of the workspace."""

from urllib.parse import urlsplit

from bots.shared.attached_files import download, unreadable_file
from bots.slack.workspaces import WorkspaceDirectory
from core.messages import Attachment


async def read(workspaces: WorkspaceDirectory, attachment: Attachment) -> bytes:
    """Return a file's whole content. Raises UserError if it cannot be fetched."""
    team, _, address = attachment.address.partition(" ")
    workspace = await workspaces.known(team)
    if workspace is None or workspaces.session is None:
        raise unreadable_file(attachment, "not connected")
    if not _slacks_own(address, workspaces.base_url):
        raise unreadable_file(attachment, "not Slack's address")
    return await download(workspaces.session, attachment, address, {"Authorization": f"Bearer {workspace.token}"})


def _slacks_own(address: str, base_url: str) -> bool:
    """Return whether an address belongs to Slack. The token must not be sent to anybody else."""
    host = urlsplit(address).hostname or ""
    ours = urlsplit(base_url).hostname
    return host == ours if ours else host == "slack.com" or host.endswith(".slack.com")
