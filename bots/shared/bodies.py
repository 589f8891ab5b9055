"""The body of a webhook's request, read no further than a platform has something to say."""

from starlette.requests import Request

LARGEST = 2 * 1024 * 1024


async def body_of(request: Request, largest: int = LARGEST) -> bytes:
    """The bytes of a request. Raises ValueError where there are more, as soon as that is known."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > largest:
            raise ValueError(f"the body has more than {largest} bytes")
    return bytes(content)
