"""A real browser before a real server: the page as a person has it."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import socket
from typing import Any, Self

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, Playwright, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from bots.web.adapter import WebChat, create
from tests.web.standin import Standin

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Where this machine's own Chromium is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


async def launch(playwright: Playwright, path: str) -> Browser:
    return await playwright.chromium.launch(executable_path=path, args=list(FLAGS))


class Server(uvicorn.Server):
    """Serves on a free port of loopback, and leaves the signals of the process alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"


@dataclass
class Stage:
    """One browser and one server, for one journey after another: both take their time to come and go."""

    browser: Browser
    server: Server
    task: "asyncio.Task[None]"
    app: ASGIApp | None = None

    @classmethod
    async def build(cls, browser: Browser) -> Self:
        async def current(scope: Scope, receive: Receive, send: Send) -> None:
            assert stage.app
            await stage.app(scope, receive, send)

        server = Server(uvicorn.Config(current, port=0, log_level="error", ws="none", lifespan="off"))
        task = asyncio.create_task(server.serve())
        await asyncio.wait_for(server.ready.wait(), 10)
        stage = cls(browser, server, task)
        return stage

    async def clear(self) -> None:
        self.server.should_exit = True
        await asyncio.wait_for(self.task, 10)


@dataclass
class Journey:
    """One person's visit. What goes wrong in the page, or leaves it, is in `faults`."""

    stage: Stage
    core: Standin
    web: WebChat
    faults: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    @classmethod
    def start(cls, stage: Stage) -> Self:
        core = Standin()
        core.chat = web = create(core.handle, core, hosts={"127.0.0.1"}, admin=True)
        stage.app = web.app
        return cls(stage, core, web)

    async def stop(self) -> None:
        for context in self.contexts:
            await context.close()
        self.web.close()

    async def visit(self, **options: Any) -> Page:
        """A person's browser, on a fresh conversation."""
        context = await self.stage.browser.new_context(**options)
        context.set_default_timeout(8000)
        self.contexts.append(context)
        page = await context.new_page()
        self.watch(page)
        await page.goto(self.stage.server.url)
        return page

    async def tab(self, page: Page) -> Page:
        """A second tab on the same conversation."""
        other = await page.context.new_page()
        self.watch(other)
        await other.goto(page.url)
        return other

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda line: self.faults.append(line.text) if line.type in ("error", "warning") else None)
        page.on("request", lambda request: self._leaving(request.url))

    def expect_faults(self, text: str) -> None:
        """Forget what the browser noted by itself, and see that it did."""
        assert any(text in fault for fault in self.faults)
        self.faults[:] = [fault for fault in self.faults if text not in fault]

    def _leaving(self, url: str) -> None:
        if not url.startswith((self.stage.server.url, "blob:", "data:")):
            self.faults.append(f"left for {url}")


async def ask(page: Page, text: str) -> None:
    """Type a message and send it with Enter."""
    await page.locator("#text").fill(text)
    await page.keyboard.press("Enter")


async def answered(page: Page, text: str) -> None:
    """Wait until the last answer is done and has this text."""
    done = page.locator("[data-copy=answer]")
    # An expectation looks again after 100, 250 and 500 ms; this looks with every frame.
    await page.wait_for_function(
        """text => {
            const last = [...document.querySelectorAll(".assistant")].pop();
            return last?.querySelector("[data-copy=answer]") && last.querySelector(".body").textContent.includes(text);
        }""",
        arg=text,
    )
    await expect(done.last).to_be_attached()
