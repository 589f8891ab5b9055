"""Bounds that a process puts on itself before it reads what may do harm."""

import resource


def limit(memory: int, seconds: int) -> None:
    """Bound this process to so many bytes of memory and seconds of processor time; it leaves no core dump either."""
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (wanted, wanted))
