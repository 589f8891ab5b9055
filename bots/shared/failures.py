"""Failures of the network on the way to a platform, whichever library makes the request."""

import aiohttp

NETWORK_FAILURES = (OSError, aiohttp.ClientError, TimeoutError)
"""Errors after which the same request may succeed later."""

SHAPES = (KeyError, TypeError, AttributeError, ValueError, IndexError)
"""Errors that reading a value of an unexpected shape may raise."""
