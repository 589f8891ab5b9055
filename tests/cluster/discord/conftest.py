"""A Discord on loopback for every test."""

from tests.discord.conftest import pytest_asyncio_loop_factories, world

__all__ = ["pytest_asyncio_loop_factories", "world"]
