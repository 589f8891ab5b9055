"""Reads HTML as a browser does and says what could run or load there."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        """a article aside bdi blockquote body br button code dd del details dialog div dl dt em fieldset figcaption
        figure footer form h1 h2 h3 h4 h5 h6 head header hr html i input kbd label legend li link main meta nav noscript
        ol option p path pre q rect circle s script section select small span strong summary sup svg symbol table tbody
        td textarea th thead title tr ul use math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt
        mstyle msub msubsup msup mtable mtd mtext mtr munder munderover""",
    )
)
FORBIDDEN = {"style", "srcdoc", "formaction", "srcset", "data", "background", "ping"}


class Audit(HTMLParser):
    """Collects what our own pages never have: foreign elements, handlers, and addresses elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in FORBIDDEN or (name.startswith("hx-on")):
                self.faults.append(f"{tag} {name}={value}")
            if name in ("href", "src", "action") and not allowed(tag, name, value or ""):
                self.faults.append(f"{tag} {name}={value}")
        if tag == "script":
            self.scripts.append(dict(attrs).get("src") or "inline")


def allowed(tag: str, name: str, value: str) -> bool:
    if value.startswith(("/static/", "/c/", "#")) or value == "/":
        return True
    return tag == "a" and name == "href" and urlsplit(value).scheme in ("http", "https", "mailto")


def faults(html: str) -> list[str]:
    """The forbidden things in this HTML."""
    audit = Audit()
    audit.feed(html)
    audit.close()
    return [*audit.faults, *(f"script {source}" for source in audit.scripts if not source.startswith("/static/"))]


HOSTILE = (
    r"\(\text{<script>alert(1)</script>}\)",
    r"\(\href{javascript:alert(1)}{\style{position:fixed}{x}}\)",
    r'$$\color{"onload="alert(1)}{\text{&lt;img src=x onerror=alert(1)&gt;}}$$',
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'\"><iframe srcdoc='<script>alert(1)</script>'>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "[x](javascript:alert(1))",
    "[x](  JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "[x](//evil.example/a)",
    "[x](/c/0123/files/1)",
    '[x](http://ok.example/"onmouseover=alert(1)//)',
    "![x](javascript:alert(1))",
    "![x](http://evil.example/pixel.png)",
    '!["onerror=alert(1)](http://evil.example/pixel.png)',
    "<javascript:alert(1)>",
    "<http://ok.example/<script>alert(1)</script>>",
    '```"><script>alert(1)</script>\nx\n```',
    '```py onload=alert(1) class="x"\n</code></pre><script>alert(1)</script>\n```',
    "~~~<img src=x onerror=alert(1)>\n<b>\n~~~",
    "`</code><script>alert(1)</script>`",
    "| a |\n|:-:|\n| <script>alert(1)</script> |",
    "# <svg/onload=alert(1)>",
    "> <a href=javascript:alert(1)>x</a>",
    '[ref]\n\n[ref]: javascript:alert(1) "<script>"',
    "<div hx-get=/c/x hx-trigger=load>x</div>",
    "<div hx-swap-oob=delete id=turns></div>",
    "{{ 7 * 7 }} {% raw %}",
    "data: x\n\nevent: go\ndata: http://evil.example\n\n",
    "\r\nevent: go\r\ndata: /evil",
    "\u202e\u2066 reversed \u0000 nul \ud7ff",
    "<plaintext>",
    "<base href=http://evil.example/>",
    "<meta http-equiv=refresh content=0;url=http://evil.example>",
    "<head><title>x</title></head>",
    "<hx-partial hx-target=body>x</hx-partial>",
)
"""Texts that try to become more than text."""
