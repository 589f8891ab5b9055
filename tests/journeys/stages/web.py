"""The web page, without a browser."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any, cast
from urllib.parse import unquote

from bots.web.adapter import WebOptions, create
from core.ports.chat import Chat
from core.ports.model import LanguageModel
from core.store.engine.database import connect
from tests.journeys.stages.guest import Card, Guest, HeardChat, Seen, Stage, Waiting, fitting, line, verbs
from tests.living import HeardStore, Ledger, echo
from tests.web.client import EVERYBODY, KEY, Visitor
from tests.web.page import Node, tree


@dataclass(slots=True)
class WebGuest(Guest):
    visitor: Visitor
    address: str
    page: str = ""

    async def says(self, text: str) -> None:
        await self.visitor.say(self.address, text)

    async def edits(self, text: str) -> None:
        await self.until(lambda: "?edit=" in self.page)
        newest = re.findall(r"\?edit=([^\"#]+)#", self.page)[-1]
        await self.visitor.say(self.address, text, edit=unquote(newest))

    async def tries(self) -> None:
        self.page = await self.visitor.page(self.address)
        offered = re.search(r'<button class="press" name="text" value="([^"]*)"', self.page)
        assert offered
        await self.says(unescape(offered[1]))

    async def commands(self, name: str, /, **options: str) -> None:
        await self.says(f"/{line(name, options)}")

    async def presses(self, wanted: str) -> None:
        await self.until(lambda: any(fitting(form.buttons, wanted) for form in self._forms()))
        form = next(form for form in reversed(self._forms()) if fitting(form.buttons, wanted))
        action = fitting(form.buttons, wanted)
        await self.visitor.post(f"{self.address}/presses", {**form.hidden, "action": action})

    async def chooses(self, action: str, value: str) -> None:
        await self.until(lambda: any(form.hidden.get("action") == action for form in self._forms()))
        form = next(form for form in reversed(self._forms()) if form.hidden.get("action") == action)
        await self.visitor.post(f"{self.address}/presses", {**form.hidden, "values": value})

    async def fills(self, **values: str) -> None:
        await self.until(lambda: 'name="form"' in self.page)
        form = re.search(r'name="form" value="([^"]*)"', self.page)
        assert form
        fields = {f"field.{name}": value for name, value in values.items()}
        once = await self.visitor.once(self.address)
        await self.visitor.post(f"{self.address}/forms", {"once": once, "form": unescape(form[1]), **fields})

    def answers(self) -> Sequence[Seen]:
        found = [(_words(article), verbs(_buttons(article))) for article in self._articles("assistant")]
        return [Seen(text, buttons, "stop" in buttons or not buttons) for text, buttons in found]

    def notices(self) -> Sequence[str]:
        return [_words(article) for article in self._articles("notice")]

    def cards(self) -> Sequence[Card]:
        found = [
            (_words(article), [one for form in _forms(article) for one in form.worded]) for article in self._articles()
        ]
        return [Card(text, buttons) for text, buttons in found if buttons]

    def own_answer(self) -> Seen | None:
        return self.answers()[-1] if self.answers() else None

    def heard(self) -> bool:
        return self.own_answer() is not None

    async def another(self, name: str, role: str = "") -> "WebGuest":
        """Somebody with a browser of their own: a conversation on the page has one person."""
        visitor = Visitor(self.visitor.app)
        return replace(self, visitor=visitor, address=await visitor.begin(), page="")

    async def intrudes(self, other: "WebGuest", action: str) -> None:
        form = next(form for form in reversed(other._forms()) if action in form.buttons)
        once = await self.visitor.once(self.address)
        await self.visitor.post(f"{self.address}/presses", {**form.hidden, "once": once, "action": action})

    async def until(self, true: Callable[[], bool]) -> None:
        world = cast(Waiting, self.ledger.world)
        while True:
            known = world.changes
            self.page = await self.visitor.page(self.address)
            if true():
                return
            await world.change(known)

    def _articles(self, *kinds: str) -> list[Node]:
        found = [tree(article).children[0] for article in re.findall(r"<article.*?</article>", self.page, re.DOTALL)]
        shown = [node for node in found if isinstance(node, Node)]
        return [node for node in shown if not kinds or set(kinds) & set(node.attributes["class"].split())]

    def _forms(self) -> "list[PageForm]":
        return [form for article in self._articles() for form in _forms(article)]


@dataclass(slots=True)
class PageForm:
    """A form of the page: its hidden fields, and its buttons by label and action."""

    hidden: dict[str, str] = field(default_factory=dict)
    worded: list[tuple[str, str]] = field(default_factory=list)

    @property
    def buttons(self) -> list[str]:
        return [action for _, action in self.worded]


def _forms(article: Node) -> list[PageForm]:
    found = []
    for form in [node for node, _ in article.walk() if node.name == "form"]:
        made = PageForm()
        for node, _ in form.walk():
            if node.attributes.get("type") == "hidden":
                made.hidden[node.attributes["name"]] = unescape(node.attributes["value"])
            elif node.name == "button" and node.attributes.get("name") == "action":
                made.worded.append((_label(node), unescape(node.attributes["value"])))
        found.append(made)
    return found


def _worded(article: Node) -> list[tuple[str, str]]:
    return [pair for form in _forms(article) for pair in form.worded]


def _label(button: Node) -> str:
    spans = [re.sub(r"<[^>]*>", "", str(node)) for node, _ in button.walk() if node.name == "span"]
    return unescape(button.attributes.get("aria-label") or " ".join(spans))


def _buttons(article: Node) -> list[str]:
    return [action for form in _forms(article) for action in form.buttons if not action.startswith("branch:")]


def _words(article: Node) -> str:
    body = next(node for node, _ in article.walk() if node.attributes.get("class") == "body")
    return unescape(re.sub(r"<[^>]*>", "", str(body))).strip()


class WebStage(Stage):
    """Somebody comes back with the cookies of their last visit, to the conversation that they had."""

    cookies: Any = None
    address = ""

    @asynccontextmanager
    async def open(self, *models: LanguageModel) -> AsyncIterator[Guest]:
        world = Waiting()
        store = connect(self.url)
        core = self.make(HeardStore(store, world), *(models or (echo(),)), work=self.work)
        web = create(core.router.handle, core.records, hosts={"127.0.0.1"}, options=WebOptions(KEY, admins=EVERYBODY))
        core.router.attach("web", cast(Chat, HeardChat(web, world)))
        await core.router.recover("web")
        async with Visitor(web.app) as visitor:
            if self.cookies:
                visitor.http.cookies = self.cookies
            self.address = self.address or await visitor.begin()
            self.cookies = visitor.http.cookies
            yield WebGuest(web.capabilities, Ledger(world, self.url), visitor, self.address)
            await core.router.drain(20)
        web.close()
        await store.close()
