"""Parley in Discord: events come by the gateway, replies go by the REST API, both through discord.py."""
