"""A Telegram on loopback for tests: its Bot API, written from the published description."""
