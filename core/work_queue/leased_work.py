"""Work that one process does for all: whoever holds its lease. When that one falls silent, another one takes over."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from core.errors import LeaseLost, StoreError
from core.ports.store import Store
from core.store import leases as stored_leases
from core.work_queue.held_leases import HeldLeases, Lease

log = structlog.get_logger()

STANDBY = 1.0
"""Seconds between two looks at a lease that another process holds."""

TURN = 0.2
"""Seconds between two tries to get a turn."""


async def alone(leases: HeldLeases, name: str, work: Callable[[], Awaitable[None]], standby: float = STANDBY) -> None:
    """Do work while we hold the lease of a name, and wait for it otherwise, until the work ends by itself.

    `leases` must be renewed meanwhile. Raises what the work raises.
    """
    while True:
        lease = await _claimed(leases, name, standby)
        log.info("taken_over", work=name)
        try:
            if await _done_under(lease, work):
                return
        finally:
            await given_back(leases, lease)


async def turn(store: Store, name: str, holder: str, seconds: float) -> None:
    """Wait for our turn at something that all processes together may do once in so many seconds.

    A turn is a lease that nobody gives back, so it is the database's clock that counts.
    """
    while True:
        try:
            if await store.write(lambda session: stored_leases.claim(session, name, holder, seconds)):
                return
        except StoreError as error:
            log.warning("turn_not_taken", name=name, error=error)
        await asyncio.sleep(TURN)


async def kept(leases: HeldLeases, beat: float) -> None:
    """Renew leases every so many seconds, until cancelled."""
    while True:
        try:
            for lease in await leases.renew():
                log.warning("lease_lost", name=lease.name)
        except StoreError as error:
            log.warning("leases_not_renewed", error=error)
        for lease in list(leases.held.values()):
            if lease.expired:
                # Nobody can be asked, so it has to be taken for another's.
                leases.forget(lease)
        await asyncio.sleep(beat)


async def _claimed(leases: HeldLeases, name: str, standby: float) -> Lease:
    while True:
        try:
            if lease := await leases.claim(name):
                return lease
        except StoreError as error:
            log.warning("lease_not_claimed", name=name, error=error)
        await asyncio.sleep(standby)


async def _done_under(lease: Lease, work: Callable[[], Awaitable[None]]) -> bool:
    """Do work until it ends or the lease does. Returns whether the work has ended by itself."""
    with lease.bound():
        working = asyncio.ensure_future(work())
    try:
        await while_held(lease, working)
    except LeaseLost:
        return False
    return not lease.lost


async def while_held(lease: Lease, working: "asyncio.Future[None]") -> None:
    """Wait until some work or its lease ends; the work is cancelled then. Raises what the work raises."""
    ending = asyncio.create_task(lease.ended.wait())
    try:
        await asyncio.wait((working, ending), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        for task in (working, ending):
            task.cancel()
        await asyncio.gather(working, ending, return_exceptions=True)


async def given_back(leases: HeldLeases, lease: Lease) -> None:
    """Give a lease back, or let it end by itself if the database cannot be reached."""
    try:
        await leases.release(lease)
    except StoreError as error:
        # It ends by itself.
        log.warning("leases_not_released", error=error)
