"""A page without a browser: applies out-of-band swaps to HTML as htmx does."""

import re
from html.parser import HTMLParser

VOID = {"input", "br", "hr", "meta", "link"}


class Node:
    """An element: its name, its attributes, and its children (elements and texts)."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.children: list[Node | str] = []

    def walk(self) -> "list[tuple[Node, Node]]":
        """Each element below, with its parent."""
        pairs = []
        for child in self.children:
            if isinstance(child, Node):
                pairs += [(child, self), *child.walk()]
        return pairs

    def find(self, id: str) -> "tuple[Node, Node]":
        return next(pair for pair in self.walk() if pair[0].attributes.get("id") == id)

    def __str__(self) -> str:
        inner = "".join(map(str, self.children))
        attributes = "".join(f" {name}={value!r}" for name, value in self.attributes.items())
        return f"<{self.name}{attributes}>{inner}</{self.name}>"


class Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.stack = [Node("root", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.stack[-1].children.append(node)
        if tag not in VOID:
            self.stack.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.stack[-1].name == tag, (tag, self.stack[-1].name)
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


def tree(html: str) -> Node:
    builder = Builder()
    builder.feed(html)
    builder.close()
    assert len(builder.stack) == 1, [node.name for node in builder.stack]
    return builder.stack[0]


def swap(page: Node, changes: str) -> None:
    """Apply what a stream sent. Raises StopIteration if a target is not there: htmx would drop the change."""
    for part in tree(changes).children:
        if not isinstance(part, Node) or part.name == "title":
            continue
        how = part.attributes["hx-swap-oob"]
        if found := re.fullmatch(r"beforeend:#(.+)", how):
            page.find(found[1])[0].children += part.children
            continue
        target, parent = page.find(part.attributes["id"])
        if how == "innerHTML":
            target.children = part.children
        elif how == "delete":
            parent.children.remove(target)
        else:
            raise AssertionError(how)
