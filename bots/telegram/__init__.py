"""Parley in Telegram: updates come by long polling or a webhook, replies go by the Bot API."""
