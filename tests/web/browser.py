"""A real browser before a real server: the page as a person has it."""

import asyncio
import shutil
import socket
from dataclasses import dataclass, field
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Page, Playwright, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from bots.web.adapter import WebChat, WebOptions, create
from cli.wiring.surface_server import SurfaceServer, address
from tests.web.client import EVERYBODY
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
    """The path of this machine's own Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


async def launch(playwright: Playwright, path: str) -> Browser:
    return await playwright.chromium.launch(executable_path=path, args=list(FLAGS))


@dataclass
class Stage:
    """One browser and one server, for one journey after another: both take their time to come and go."""

    browser: Browser
    server: SurfaceServer
    url: str
    task: "asyncio.Task[None]"
    app: ASGIApp | None = None

    @classmethod
    async def build(cls, browser: Browser) -> Self:
        async def current(scope: Scope, receive: Receive, send: Send) -> None:
            assert stage.app
            await stage.app(scope, receive, send)

        server = SurfaceServer(current, socket.create_server(("127.0.0.1", 0)))
        url = address(server.listener)
        task = asyncio.create_task(server.stay())
        await asyncio.wait_for(server.up.wait(), 10)
        stage = cls(browser, server, url, task)
        return stage

    async def clear(self) -> None:
        self.server.should_exit = True
        await asyncio.wait_for(self.task, 10)
        self.server.listener.close()


@dataclass
class Journey:
    """One person's visit. What goes wrong in the page, or leaves it, is in `faults`."""

    stage: Stage
    core: Standin
    web: WebChat
    faults: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    @classmethod
    def start(cls, stage: Stage, options: WebOptions | None = None) -> Self:
        core = Standin()
        options = options or WebOptions(admins=EVERYBODY)
        core.chat = web = create(core.handle, core, hosts={"127.0.0.1"}, options=options)
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
        await page.goto(self.stage.url)
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
        if not url.startswith((self.stage.url, "blob:", "data:")):
            self.faults.append(f"left for {url}")


async def ask(page: Page, text: str) -> None:
    """Type a message and send it with Enter."""
    await page.locator("#text").fill(text)
    await page.keyboard.press("Enter")


async def until(page: Page, condition: str) -> None:
    """Wait until a condition in JavaScript holds.

    It goes in as a function: the browser would parse a bare expression anew for every look, which the page's own
    Content-Security-Policy refuses from the second look on.
    """
    await page.wait_for_function(f"() => {condition}")


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
