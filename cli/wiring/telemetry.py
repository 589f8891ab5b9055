"""Traces for an OpenTelemetry collector, if the settings name one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.settings import ParleySettings
from core.errors import SettingsError
from core.ports.tracing import UNTRACED, Tracing


@asynccontextmanager
async def tracing(settings: ParleySettings) -> AsyncIterator[Tracing]:
    """Trace as the settings say. Raises SettingsError if the extra `telemetry` is not installed."""
    endpoint = settings.telemetry.endpoint
    if not endpoint:
        yield UNTRACED
        return
    try:
        from cli.wiring.event_traces import EventTraces, provider
    except ModuleNotFoundError:
        raise SettingsError(
            f"{settings.origin('telemetry.endpoint')}: telemetry.endpoint needs a library that is not installed; run"
            ' make install MORE="telemetry"'
        ) from None
    traced = await asyncio.to_thread(provider, endpoint)
    try:
        yield EventTraces(traced)
    finally:
        await asyncio.to_thread(traced.shutdown)
