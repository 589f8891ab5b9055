"""What comes with a message besides the words of its sender: forwarded messages, embeds, polls and files. Pure."""

from collections.abc import Sequence

import discord

from bots.discord.words import as_read
from core.messages import Attachment, Passage

Shown = discord.Message | discord.MessageSnapshot


def passages(sent: discord.Message) -> tuple[Passage, ...]:
    """Return the words of others that a message contains."""
    found = [_passage("Embed", _embedded(embed)) for embed in sent.embeds]
    for snapshot in sent.message_snapshots:
        words = as_read(snapshot.content)
        embeds = [_embedded(embed) for embed in snapshot.embeds]
        found.append(_passage("Forwarded message", "\n\n".join(filter(None, (words, *embeds)))))
    if sent.poll:
        found.append(_poll(sent.poll))
    return tuple(passage for passage in found if passage.text)


def attachments(sent: discord.Message) -> tuple[Attachment, ...]:
    """Return the files of a message, and of the messages that it forwards."""
    sources: Sequence[Shown] = (sent, *sent.message_snapshots)
    return tuple(attachment(file) for source in sources for file in source.attachments)


def attachment(file: discord.Attachment) -> Attachment:
    """Return a file that came with a message."""
    return Attachment(file.filename, file.content_type or "", file.size, file.url)


def thread_beginning(thread: discord.Thread, starter: discord.Message | None, words: str) -> Passage:
    """Return what a thread is about: its title, and the message with which it begins."""
    by = f", begun by {starter.author.display_name}" if starter else ""
    return _passage(f"The thread in which this was asked{by}", "\n\n".join(filter(None, (thread.name, words))))


def _passage(about: str, text: str) -> Passage:
    return Passage(about, text.strip())


def _embedded(embed: discord.Embed) -> str:
    """Return the words of an embed in the order in which people read them."""
    heading = [embed.author.name, embed.title, embed.description]
    fields = [f"{field.name}: {field.value}" for field in embed.fields]
    return "\n".join(as_read(part) for part in (*heading, *fields, embed.footer.text) if part)


def _poll(poll: discord.Poll) -> Passage:
    answers = [f"- {answer.text} ({answer.vote_count})" for answer in poll.answers]
    return _passage("Poll, with the number of votes", "\n".join([poll.question, *answers]))
