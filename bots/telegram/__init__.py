"""Parley in Telegram: updates arrive by long polling or a webhook, and replies go out over the Bot API."""
