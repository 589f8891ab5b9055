"""Parley in Discord: events arrive over the gateway and replies go out over the REST API, both through discord.py."""
