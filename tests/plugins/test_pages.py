"""plugins/builtin/pages.py and plugins/builtin/_readable.py: the text of pages, PDFs and text files, and the messages
about other files."""

import io
from collections.abc import Callable, Mapping

import httpx
import psutil
import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from parley import Failure, PluginError
from parley.testing import Asks, Bench
from plugins.builtin import _page_reader, _readable, pages

URL = "https://club.example/rules"
ARTICLE = """<!doctype html><html><head><title>Club rules</title>{head}</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/contact">Contact us</a></li></ul></nav>
<article><h1>Club rules</h1><p>The clubhouse opens at nine in the morning and closes at ten in the evening.</p>
<p>{text}</p></article><footer>© The club, all rights reserved, cookie settings</footer></body></html>"""
RULE = "Members borrow telescopes for two weeks; whoever breaks one tells the board and pays for its repair."


def article(text: str = RULE, head: str = "") -> str:
    return ARTICLE.format(text=text, head=head)


def answering(content: bytes | str, kind: str, status: int = 200) -> Bench:
    headers: Mapping[str, str] = {"content-type": kind} if kind else {}
    body = content.encode() if isinstance(content, str) else content
    return Bench.of(pages, answers=lambda request: httpx.Response(status, content=body, headers=headers))


def pdf(*texts: str, title: str = "", password: str = "") -> bytes:
    writer = PdfWriter()
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"),
        NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"),
    })  # fmt: skip
    for text in texts:
        page = writer.add_blank_page(300, 300)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    if title:
        writer.add_metadata({"/Title": title})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.mark.slow
async def test_a_page_is_read_without_what_stands_around_it() -> None:
    result = await answering(article(), "text/html; charset=utf-8").call("read_page", url=URL)
    assert result.text.startswith("Club rules\n\n")
    assert RULE in result.text
    assert "Contact us" not in result.text
    assert "cookie" not in result.text
    assert [(one.title, one.url) for one in result.sources] == [("Club rules", URL)]


@pytest.mark.slow
async def test_the_model_reads_a_page_and_people_do() -> None:
    bench = answering(article(), "text/html")
    assert "two weeks" in await bench.asks(Asks("read_page", {"url": URL}), "{0}")
    assert "two weeks" in (await bench.call("read", url=URL)).text


async def test_a_long_page_is_cut_at_a_sentence() -> None:
    text = " ".join(f"Rule {number} says that telescopes are clean." for number in range(400))
    result = await answering(article(text), "text/html").call("read_page", url=URL)
    assert len(result.text) <= pages.LONGEST + 100
    assert result.text.endswith("are clean.\n\n(The text goes on at its source.)")


SOURCES: Mapping[str, tuple[bytes, str, str]] = {
    "declared in the page": (
        article("本会の望遠鏡は二週間借りることができます。", '<meta charset="shift_jis">').encode(
            "shift_jis", "replace"
        ),
        "text/html",
        "二週間借りる",
    ),
    "declared nowhere": (article("Un café au lait à midi").encode("cp1252"), "text/html", "Un café au lait à midi"),
    "declared wrongly": (article("Un café au lait").encode(), "text/html; charset=zlib", "Un café au lait"),
    "a text": (b"\xef\xbb\xbfRule 1: be kind\n", "text/plain", "Rule 1: be kind"),
    "markdown": (b"# Rules\n\nBe kind", "text/markdown", "Be kind"),
    "JSON": (b'{"rule": "be kind"}', "application/json", '{"rule": "be kind"}'),
    "a page without a type": (article().encode(), "", RULE),
    "a PDF without a type": (pdf("Be kind"), "application/octet-stream", "Be kind"),
    "a page of one line": (b"<html><body>ok, it works</body></html>", "text/html", "ok, it works"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
async def test_what_is_read(name: str) -> None:
    content, kind, text = SOURCES[name]
    result = await answering(content, kind).call("read_page", url=URL)
    assert text in result.text
    assert "\ufeff" not in result.text


@pytest.mark.slow
async def test_a_pdf_is_read_with_its_title() -> None:
    result = await answering(pdf("Be kind.", "Be quiet.", title="House rules"), "application/pdf").call("read", url=URL)
    assert result.text == "House rules\n\nBe kind.\n\nBe quiet."
    assert result.sources[0].title == "House rules"


@pytest.mark.slow
async def test_a_long_pdf_is_read_up_to_a_page() -> None:
    pages = [""] * _page_reader.PAGES
    result = await answering(pdf("Be kind.", *pages, "Be quiet."), "application/pdf").call("read_page", url=URL)
    assert result.text == "Be kind.\n\n(The text goes on at its source.)"


OTHERS: Mapping[str, tuple[bytes, str, str]] = {
    "a picture": (b"\x89PNG\r\n", "image/png", "is image/png; only pages, PDFs and texts"),
    "bytes": (b"\0\1\2\3", "", "something unknown"),
    "a page of nothing": (b"<html><body><div id=root></div></body></html>", "text/html", "no text to read"),
    "an empty text": (b"", "text/plain", "no text to read"),
    "a broken PDF": (b"%PDF-1.7 and no more", "application/pdf", "PDF that is broken"),
    "a locked PDF": (pdf("Secret", password="x"), "application/pdf", "locked with a password"),
    "a PDF of pictures": (pdf(""), "application/pdf", "no text to read"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
async def test_what_cannot_be_read(name: str) -> None:
    content, kind, words = OTHERS[name]
    with pytest.raises(PluginError, match=words):
        await answering(content, kind).call("read_page", url=URL)


STATUSES = [
    (401, PluginError, "needs a password"),
    (403, PluginError, "may not be read by programs"),
    (404, PluginError, "does not exist"),
    (429, Failure, "answers with 429"),
    (500, Failure, "answers with 500"),
]


@pytest.mark.parametrize(("status", "kind", "words"), STATUSES)
async def test_pages_that_are_not_given(status: int, kind: type[Exception], words: str) -> None:
    with pytest.raises(PluginError, match=words) as raised:
        await answering("<h1>No</h1>", "text/html", status).call("read_page", url=URL)
    assert type(raised.value) is kind


def raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def answers(request: httpx.Request) -> httpx.Response:
        raise error

    return answers


ERRORS = [
    (Failure("club.example is not on the public internet"), "not on the public internet"),
    (httpx.TooManyRedirects("Exceeded maximum allowed redirects."), "endlessly"),
    (httpx.RemoteProtocolError("peer closed connection"), "RemoteProtocolError"),
    (httpx.ReadTimeout("slow"), "ReadTimeout"),
]


@pytest.mark.parametrize(("error", "words"), ERRORS)
async def test_services_that_fail(error: Exception, words: str) -> None:
    with pytest.raises(Failure, match=words):
        await Bench.of(pages, answers=raising(error)).call("read_page", url=URL)


ADDRESSES = [
    ("club.example/rules", "https://club.example/rules"),
    (" <https://club.example/rules> ", "https://club.example/rules"),
    ("HTTP://club.example", "http://club.example"),
]


@pytest.mark.parametrize(("written", "fetched"), ADDRESSES)
async def test_addresses_as_people_write_them(written: str, fetched: str) -> None:
    bench = answering("be kind", "text/plain")
    assert (await bench.call("read_page", url=written)).sources[0].url == fetched


@pytest.mark.parametrize(
    "written", ["", "file:///etc/passwd", "ftp://club.example", "https://", "two words", "http://club.example:x"]
)
async def test_what_is_no_address(written: str) -> None:
    with pytest.raises(PluginError, match="is not an address"):
        await answering("be kind", "text/plain").call("read_page", url=written)


@pytest.mark.slow
async def test_a_pdf_that_would_take_minutes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_readable, "SLOWEST", 2.0)
    slow = pdf("a) Tj (" * 1_000_000)
    with pytest.raises(PluginError, match="takes too long to read"):
        await answering(slow, "application/pdf").call("read_page", url=URL)
    # Nothing is left behind that goes on reading it.
    assert not [one for one in psutil.Process().children() if _readable.READER in one.cmdline()]
