"""Checks of a text before it is submitted in a task: cheap patterns, and nothing leaves this machine.

No finding rejects a text (docs/reference/labeling.md 2.6): its author is told and may confirm, or a moderator looks at
it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import Literal

from core.labeling.rules import personal_data
from core.labeling.rules.similarity import copies

Kind = Literal[
    "short",
    "one-character",
    "links",
    "pasted",
    "copy",
    "email",
    "phone",
    "iban",
    "card",
    "ip",
    "secret",
    "language",
    "near",
    "same-again",
]
"""The end of the message key of a finding.

The last three need other texts or a model, so they are found by the caller.
"""

Severity = Literal["warn", "hold"]
"""What a finding leads to: `warn` tells the author, who may confirm the text.

`hold` sends the text to a moderator unless the author changes it.
"""

FEWEST_WORDS, MOST_LINKS, MOST_SHOWN = 2, 3, 3
MOST_ALIKE, FEWEST_CHARACTERS = 0.8, 5
"""The share of characters that may be of one kind. In texts with fewer than FEWEST_CHARACTERS, it means nothing."""


@dataclass(frozen=True, slots=True)
class TextFinding:
    """Something that the author of a text should check again.

    `values` fill the placeholders of the finding's message; secrets in them are masked.
    """

    kind: Kind
    severity: Severity = "warn"
    values: Mapping[str, str | int] = field(default_factory=dict)


MENTIONS = (
    (re.compile(r"\[[^\]\n]{0,200}\]\(tg://(?:user\?id|openmessage\?user_id)=\d+\)"), "@user"),
    (re.compile(r"<a href=[\"']tg://(?:user\?id|openmessage\?user_id)=\d+[\"']>[^<]{0,200}</a>"), "@user"),
    (re.compile(r"tg://(?:user\?id|openmessage\?user_id)=\d+"), "@user"),
    (re.compile(r"<@!?\d+>|<@[UWB][A-Z0-9]+(?:\|[^>\n]*)?>"), "@user"),
    (re.compile(r"<@&\d+>|<!subteam\^[A-Z0-9]+(?:\|[^>\n]*)?>"), "@role"),
    (re.compile(r"<#(?:\d+|[CDG][A-Z0-9]+(?:\|[^>\n]*)?)>"), "#channel"),
    (re.compile(r"<!(here|channel|everyone)(?:\|[^>\n]*)?>"), r"@\1"),
)
"""How Telegram, Discord and Slack write mentions, and what replaces each."""

BUTTON = (
    "Copy code|CopyEdit|Copiar c[oó]digo|Copier le code|Code kopieren|Copia(?:r)? el codi|Copiar codi|Kopiatu kodea"
    "|复制代码|複製程式碼"
)
MADE = r"(?: (?:built|created|developed|made|trained)\b[^.,\n]{0,40})?"
MORE = r"\b[^.,\n]{0,40}"
PASTED = (
    re.compile(rf"^[#*_> \t]*(?:[a-z][a-z0-9+#.]{{0,14}} ?)?(?:{BUTTON})[*_ \t]*$", re.MULTILINE),
    re.compile(
        r"^[#*_> \t]*(?:ChatGPT|Copilot|DeepSeek)(?:-k)?[*_]* ?"
        r"(?:said|dijo|ha dicho|a dit|sagte|hat gesagt|ha dit|va dir|esan du|dio|说|說)[*_ \t]*[:：]",
        re.MULTILINE,
    ),
    # A model speaking of itself in the first person. Speaking about language models or to one is no sign of that, and
    # neither is a quotation.
    re.compile(
        r"(?<![\"'«“„「『])(?:"
        r"\bas an? (?:large )?(?:(?:ai|artificial intelligence)(?: language)?(?: model| assistant| chatbot)?"
        rf"|language model){MADE},? (?:I|my)\b|\bI['’]m (?:just |only )?an? ai language model\b"
        r"|\b(?:as of )?my (?:last |latest )?(?:knowledge|training)(?: data)? (?:update|cut-?off)\b"
        rf"|\bcomo (?:una? )?(?:gran )?(?:(?:modelo (?:de lenguaje|lingüístico)|asistente de ia){MORE}"
        r"|ia|inteligencia artificial), (?:yo |no |me )*(?:puedo|tengo|soy|estoy|he|poseo|carezco|mis?)\b"
        rf"|\ben tant qu(?:e |['’])(?:grand )?(?:(?:modèle (?:de langage|linguistique)|assistant ia){MORE}"
        r"|ia|intelligence artificielle), (?:je\b|j['’]|mes?\b|mon\b|ma\b)"
        rf"|\bals (?:eine? )?(?:großes )?(?:(?:(?:ki[- ]|ai[- ])?sprachmodell|(?:ki|ai)[- ](?:modell|assistent)){MORE}"
        r"|ki|künstliche intelligenz) (?:bin|darf|habe|kann|verfüge|besitze) ich\b"
        rf"|\bcom a (?:una? )?(?:gran )?(?:(?:model (?:de llenguatge|lingüístic)|assistent d['’]ia){MORE}"
        r"|ia|intel·ligència artificial), (?:jo |no |em )*(?:puc|tinc|s[oó]c|estic|he|dispos[oe])\b"
        r"|\b(?:(?:adimen artifizialeko )?hizkuntza[- ](?:eredu|modelo)|adimen artifizial|aa)(?: bat)?"
        r" (?:naizen\w*|gisa,? (?:ezin dut|ez dut|ez naiz|ez dauka\w*))\b"
        r"|作[为為](?:一[个個名款位])?(?:由[^,，。\n]{1,20}的)?(?:大型|大)?"
        r"(?:(?:人工智能|人工智慧|AI) ?)?(?:语言模型|語言模型|助手|人工智能|人工智慧|AI) ?[,，] ?我"
        ")",
        re.IGNORECASE,
    ),
    re.compile(
        r"contentReference\[oaicite|\boaicite:\d|(?:cite)?turn\d+(?:search|view|news)\d|【\d+†|utm_source=chatgpt"
    ),
)
"""Traces that are left when an answer is copied from a chatbot's page."""

PersonalDataCheck = tuple[Kind, Severity, Callable[[str], Iterator[str]]]
PERSONAL: tuple[PersonalDataCheck, ...] = (
    ("secret", "hold", personal_data.secrets),
    ("email", "warn", personal_data.emails),
    ("ip", "warn", personal_data.addresses),
    ("iban", "hold", personal_data.ibans),
    ("card", "hold", personal_data.cards),
)
"""Ordered by precision, most precise first: what one check has found, the later ones do not look at again."""

SYLLABIC = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def cleaned(text: str) -> str:
    """Return a text without the ids of those it mentions, composed (NFC) and trimmed."""
    for mention, name in MENTIONS:
        text = mention.sub(name, text)
    return unicodedata.normalize("NFC", text).strip()


def findings(text: str, prompt: str = "", languages: Sequence[str] = ()) -> tuple[TextFinding, ...]:
    """Check a text, which may be a reply to a prompt. `languages` tell how telephone numbers are written.

    A text of 1,000 characters takes a few milliseconds, but the first text with many digits takes fifty. Call it in a
    thread.
    """
    found = [check(text) for check in (short, one_character, links, pasted)]
    found.append(TextFinding("copy") if copies(text, prompt) else None)
    return (*(one for one in found if one), *_personal(text, languages))


def short(text: str) -> TextFinding | None:
    """Find a text with too few words to learn from."""
    return TextFinding("short", values={"least": FEWEST_WORDS}) if words(text) < FEWEST_WORDS else None


def one_character(text: str) -> TextFinding | None:
    """Find a text that is almost all digits, almost all marks, or almost all one character."""
    kinds = [(sign, unicodedata.category(sign)[0]) for sign in text.casefold() if not sign.isspace()]
    signs = [(sign, kind) for sign, kind in kinds if kind in "LNPS"]
    if len(signs) < FEWEST_CHARACTERS:
        return None
    counts = Counter({"P": "mark", "S": "mark", "N": "digit"}.get(kind) for _, kind in signs)
    same = Counter(sign for sign, _ in signs).most_common(1)[0][1]
    share = max(counts["mark"], counts["digit"], same) / len(signs)
    return TextFinding("one-character", values={"share": round(100 * share)}) if share > MOST_ALIKE else None


def links(text: str) -> TextFinding | None:
    """Find a text with more links than an answer needs."""
    count = len(personal_data.LINK.findall(text))
    return TextFinding("links", values={"count": count, "most": MOST_LINKS}) if count > MOST_LINKS else None


def pasted(text: str) -> TextFinding | None:
    """Find the traces of a chatbot's page."""
    found = next((match for pattern in PASTED if (match := pattern.search(text))), None)
    return TextFinding("pasted", values={"found": " ".join(found[0].split())}) if found else None


def words(text: str) -> int:
    """Return about how many words a text has.

    Two characters of Chinese or Japanese count as one word, and so do four of Thai and its neighbours.
    """
    return sum(
        max(ceil(len(SYLLABIC.findall(token)) / 2) + ceil(len(UNSPACED.findall(token)) / 4), 1)
        for token in text.split()
        if any(sign.isalnum() for sign in token)
    )


def _personal(text: str, languages: Sequence[str]) -> Iterator[TextFinding]:
    """Find what should not become public, with one finding for each kind."""
    left = personal_data.plain(text)
    phone: PersonalDataCheck = ("phone", "warn", partial(personal_data.phones, languages=languages))
    for kind, severity, find in (*PERSONAL, phone):
        values = list(dict.fromkeys(find(left)))
        for value in values:
            left = left.replace(value, " ")
        if values:
            shown = ", ".join(personal_data.masked(value) for value in values[:MOST_SHOWN])
            yield TextFinding(kind, severity, {"found": shown, "count": len(values)})
