"""What comes with a message besides the words of its sender: forwarded messages, previews and files. Pure."""

from collections.abc import Sequence
from typing import Any

from bots.slack.receive import Payload
from core.messages import Attachment, Passage

FROM_CONNECT = "check_file_info"
"""What Slack says of a file from another organisation, in place of everything else about it but its id."""


def passages(message: Payload) -> tuple[Passage, ...]:
    """Return the words of others that a message contains, as Slack writes them.

    A forwarded message, a message behind a link, and what an app shows of a link come as attachments.
    """
    found = [Passage(_about(one), _words(one)) for one in _attached(message)]
    return tuple(passage for passage in found if passage.text.strip())


def files(message: Payload) -> Sequence[Payload]:
    """Return the files of a message and of the messages that it forwards, as Slack describes them."""
    sources = [message, *_attached(message)]
    found = [file for source in sources for file in source.get("files") or () if isinstance(file, dict)]
    return [file for file in found if file.get("mode") not in ("tombstone", "hidden_by_limit")]


def needs_lookup(file: Payload) -> bool:
    """Return whether Slack has to be asked what a file is."""
    return file.get("file_access") == FROM_CONNECT


def attachment(file: Payload, team: str) -> Attachment:
    """Return a file that came with a message.

    Its address follows the id of the workspace whose token can open it.
    """
    address = file.get("url_private_download") or file.get("url_private") or ""
    return Attachment(
        file.get("name") or "file", file.get("mimetype") or "", int(file.get("size") or 0), f"{team} {address}"
    )


def _attached(message: Payload) -> list[Any]:
    return [one for one in message.get("attachments") or () if isinstance(one, dict)]


def _about(attached: Payload) -> str:
    if attached.get("is_share") or attached.get("is_msg_unfurl"):
        return f"Forwarded from {attached.get('author_name') or attached.get('author_id') or 'somebody'}"
    return f"Preview of {attached.get('from_url') or attached.get('service_name') or 'a link'}"


def _words(attached: Payload) -> str:
    fields = [f"{one.get('title', '')}: {one.get('value', '')}" for one in attached.get("fields") or ()]
    heading = (attached.get("pretext"), attached.get("title"), attached.get("text"))
    words = [str(part) for part in (*heading, *fields) if part]
    return "\n".join(words) or str(attached.get("fallback") or "")
