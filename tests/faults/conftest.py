"""Loops whose clocks leap, for tests that are marked so."""

from tests.shared.leaping import pytest_asyncio_loop_factories

__all__ = ["pytest_asyncio_loop_factories"]
