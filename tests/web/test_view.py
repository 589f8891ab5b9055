from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.web.view import HEARD, PageItem, PageView, block, changes, element, heard, news, slug
from tests.web.page import Node, swap, tree


def item(id: str = "t-1", *blocks: str, **more: object) -> PageItem:
    plain = PageItem(id, "assistant", "<b>head</b>", blocks, "<i>foot</i>")
    return replace(plain, **more)  # type: ignore[arg-type]  # a shorthand for tests


def view(*items: PageItem, title: str = "Title", conversations: str = "<p>none</p>") -> PageView:
    return PageView(title, conversations, items)


def page(shown: PageView) -> Node:
    items = "".join(map(element, shown.items))
    return tree(
        f'<h1 id="title">{shown.title}</h1><nav id="conversations">{shown.conversations}</nav>'
        f'<div id="pickers">{shown.pickers}</div>'
        f'<section id="turns">{items}</section>'
    )


def test_nothing_changes_between_two_equal_views() -> None:
    assert changes(view(item()), view(item())) == ""
    assert view(item()).version == view(item()).version


def test_a_growing_answer_changes_in_its_last_block_only() -> None:
    before, after = item("t-1", "<p>One</p>", "<p>Tw"), item("t-1", "<p>One</p>", "<p>Two</p>", "<p>T</p>")
    sent = changes(view(before), view(after))
    assert "One" not in sent
    assert "foot" not in sent
    assert sent.count("hx-swap-oob") == 2


def test_what_people_and_models_wrote_is_out_of_reach_of_htmx() -> None:
    body = page(view(item("t-1", "<p>x</p>"))).find("t-1-body")[0]
    assert "hx-disable" in body.attributes


def test_a_title_cannot_break_out() -> None:
    sent = changes(view(), view(title="</title><script>"))
    assert "<script>" not in sent


ITEMS = st.builds(
    lambda id, blocks, head, foot: item(f"t-{id}", *blocks, head=head, foot=foot),
    st.integers(0, 4),
    st.lists(st.sampled_from(["<p>a</p>", "<p>b</p>", "<pre>c</pre>"]), max_size=4),
    st.sampled_from(["<b>x</b>", "<b>y</b>"]),
    st.sampled_from(["", "<i>foot</i>"]),
)
VIEWS = st.builds(
    lambda items, title, list: view(*{item.id: item for item in items}.values(), title=title, conversations=list),
    st.lists(ITEMS, max_size=5),
    st.sampled_from(["A", "B &amp; C"]),
    st.sampled_from(["<p>none</p>", "<ul><li>one</li></ul>"]),
)


@pytest.mark.slow
@given(st.lists(VIEWS, min_size=2, max_size=4))
def test_a_page_that_applies_all_changes_shows_what_a_fresh_one_shows(views: list[PageView]) -> None:
    shown = page(views[0])
    for old, new in zip(views, views[1:], strict=False):
        swap(shown, changes(old, replace(new, title="T")))
    swap(shown, changes(replace(views[-1], title="U"), replace(views[-1], title="T")))
    assert str(shown) == str(page(replace(views[-1], title="T")))


@pytest.mark.slow
@given(VIEWS, VIEWS)
def test_a_page_that_nobody_knows_is_drawn_anew(old: PageView, new: PageView) -> None:
    shown = page(old)
    new = replace(new, title="T")
    swap(shown, changes(None, new))
    assert str(shown) == str(page(new))


def test_the_version_tells_views_apart() -> None:
    versions = {
        shown.version
        for shown in (view(), view(title="x"), view(conversations="x"), view(item()), view(item("t-1", "<p>x</p>")))
    }
    assert len(versions) == 5


def test_an_id_is_safe_in_a_selector() -> None:
    assert slug("web:msg:1#answer\"'<>") == "web_msg_1_answer____"


def test_an_answer_is_announced_once_at_its_beginning_and_read_out_at_its_end() -> None:
    nothing, dots = view(), view(item(underway=True))
    half, done = view(item("t-1", "<p>Hal", underway=True)), view(item("t-1", "<p>Half &amp; more</p>"))
    assert news(nothing, dots) == (True, "")
    assert news(dots, half) == (False, "")
    assert news(half, done) == (False, "Half & more")
    assert news(done, done) == (False, "")
    assert news(None, done) == (False, "")


def test_a_notice_is_read_out_and_a_conversation_that_is_opened_is_not() -> None:
    old = view(item("t-1", "<p>old</p>"))
    assert news(view(), old) == (False, "")
    notice = item("t-2", "<p>Saved.</p>", kind="notice")
    assert news(old, view(*old.items, notice)) == (False, "Saved.")


def test_what_is_read_out_has_a_bound_and_no_buttons() -> None:
    code = "<figure><figcaption><span>py</span><button>Copy</button></figcaption><pre>x = 1</pre></figure>"
    assert heard(item("t-1", code)) == "x = 1"
    assert len(heard(item("t-1", f"<p>{'long ' * 1000}</p>"))) == HEARD + 1
    assert block(item("t-1", "x"), 0).startswith('<div class="block" id="t-1-0"')
