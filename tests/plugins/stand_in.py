"""Stand-ins for services: any host that a plugin asks for answers in the shape of the real one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from parley import Context, Result
from parley.testing import Calendar, Memory, Shelf, Voice
from plugins.host.egress.guarded_http import fits
from plugins.host.sources.builtin import BuiltinPlugin

Answer = Callable[[httpx.Request], httpx.Response]


@dataclass(slots=True)
class Service:
    """Answers by host and path; `asked` is what it was asked."""

    answers: Mapping[str, Answer]
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        for address, answer in self.answers.items():
            if str(request.url).removeprefix("https://").removeprefix("http://").startswith(address):
                return answer(request)
        raise AssertionError(f"nobody answers for {request.url}")


async def called(
    plugin: BuiltinPlugin,
    name: str,
    service: Service,
    given: Mapping[str, Any],
    *,
    config: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    language: str = "en",
) -> Result:
    """Call a function of a plugin, which may ask nobody but the hosts of its manifest."""
    defaults = {key: one.default for key, one in plugin.manifest.config.items()}

    def checked(request: httpx.Request) -> httpx.Response:
        exempt = secrets and request.url.host in str(secrets)
        assert exempt or any(fits(request.url.host, pattern) for pattern in plugin.manifest.hosts), request.url
        return service(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(checked)) as http:
        context = Context(
            http,
            Memory(),
            Shelf(),
            Calendar(),
            Voice(),
            config={**defaults, **(config or {})},
            secrets=secrets or {},
            language=language,
            user_name="Ana",
        )
        tool = next(tool for tool in plugin.tools if tool.tool == name)
        return await tool.call(context, given)


def says(body: Any, status: int = 200) -> Answer:
    """An answer that is always the same."""
    return lambda request: httpx.Response(status, json=body)
