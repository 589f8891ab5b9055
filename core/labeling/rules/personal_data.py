"""Find what a text gives away about somebody: addresses, numbers and secrets, by their shape and check digits.

Each finder takes a `plain` text and yields what it found, in full. Show or log it only through `masked`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from ipaddress import ip_address

SECRET = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:
      sk-(?=(?:[A-Za-z_-]*\d){3})[A-Za-z0-9_-]{20,}        # OpenAI, Anthropic, OpenRouter, DeepSeek
    | [sr]k_live_[A-Za-z0-9]{16,}                          # Stripe
    | gh[oprsu]_[A-Za-z0-9]{36,}
    | github_pat_[A-Za-z0-9_]{22,}
    | glpat-[A-Za-z0-9_-]{20,}
    | hf_[A-Za-z0-9]{30,}
    | xox[abeoprs]-(?=[A-Za-z-]*\d)[A-Za-z0-9-]{10,}
    | xapp-\d-[A-Za-z0-9-]{20,}
    | (?:AKIA|ASIA)(?![A-Z0-9]{9}EXAMPLE)[A-Z0-9]{16}(?![A-Z0-9])
    | AIza[A-Za-z0-9_-]{35}
    | [MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}(?![A-Za-z0-9_-])    # a bot on Discord
    | (?:bot)?\d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])                                   # a bot on Telegram
    | https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+
    | https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_-]{20,}
    )|-----BEGIN\ (?:[A-Z]+\ ){0,2}PRIVATE\ KEY(?:\ BLOCK)?-----""",
    re.VERBOSE | re.ASCII,
)
EMAIL = re.compile(
    r"(?<![\w.%+-])(?!git@)[\w.%+-]{1,64}@(?!example\.|(?:[\w-]+\.)*(?:example|invalid|test)(?![\w.-]))"
    r"(?:[A-Za-z0-9-]{1,63}\.)+(?!(?:png|jpe?g|gif|webp|svg)(?!\w))[A-Za-z]{2,24}(?![\w-])",
    re.ASCII | re.IGNORECASE,
)
LINK = re.compile(r"(?:https?://|(?<![\w.])www\.)[^\s<>|\"')\]}]+", re.IGNORECASE)

FOUR = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)", re.ASCII)
SIX = re.compile(r"(?<![\w:.])[23][0-9a-f]{3}:[0-9a-f:]{2,34}(?![\w:])", re.ASCII | re.IGNORECASE)
VERSION = re.compile(r"(?:\w/|\bv(?:er)?\.?|\b[a-z]*versi\w*|\brelease|版本|版)[\s:]*\Z", re.IGNORECASE)
RESOLVERS = frozenset(
    {
        *("1.1.1.1", "1.0.0.1", "8.8.4.4", "8.8.8.8", "9.9.9.9", "149.112.112.112", "208.67.220.220", "208.67.222.222"),
        *("2001:4860:4860::8844", "2001:4860:4860::8888", "2606:4700:4700::1001", "2606:4700:4700::1111"),
    }
)
"""Well-known addresses, which appear in every second answer about networks."""

# An IBAN may begin inside what looked like another one, hence the lookahead.
IBAN = re.compile(r"(?<![a-z0-9])(?=([a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11,29}))", re.ASCII | re.IGNORECASE)
REGISTRY = """
AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18
FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20
LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
"""
LENGTHS = {one[:2]: int(one[2:]) for one in REGISTRY.split()}
"""The length of an IBAN by country, from SWIFT's registry."""

CARD = re.compile(
    r"(?<![\w-])(?<!\d[.,])"
    r"(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5})"
    r"(?![\w-]|\.\d)",
    re.ASCII,
)
ISSUED = re.compile(
    r"""4(?:\d{12}|\d{15})                                                                  # Visa
    | (?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720|220[0-4])\d{12}             # Mastercard, Mir
    | 3[47]\d{13}                                                                           # American Express
    | 3(?:0[0-59]|[689]\d)\d{11}                                                            # Diners Club
    | (?:6011|64[4-9]\d|65\d\d|35(?:2[89]|[3-8]\d)|62\d\d)\d{12}|62\d{17}                   # Discover, JCB, UnionPay
    """,
    re.VERBOSE | re.ASCII,
)

DIGITS = re.compile(r"\d(?:[^\w\n]{0,3}\d){6}")
FIGURES = re.compile(
    r"\d{1,3}(?:[.,]\d{3})+|\d+?0{5,}|0[.,]\d.*|[1-9]\d* ?/.*|.*\b(?:19|20)\d\d-\d\d-\d\d\b.*|0?1234567\d*"
    r"|(?:\D*\d){0,6}\D*"
)
"""Valid telephone numbers that are hardly meant as such: amounts, shares, dates, and anything too short."""

SPOKEN = """
ar:SA,EG bg:BG bn:BD ca:ES cs:CZ da:DK de:DE el:GR en:GB,US es:ES,MX eu:ES fa:IR fi:FI fr:FR gl:ES he:IL hi:IN hu:HU
id:ID it:IT ja:JP ko:KR lt:LT nb:NO nl:NL no:NO pl:PL pt:BR,PT ro:RO ru:RU sk:SK sl:SI sr:RS sv:SE th:TH tr:TR uk:UA
vi:VN zh:CN
"""
REGIONS = {one[:2]: one[3:].split(",") for one in SPOKEN.split()}
"""The regions where people who write in a language leave out their country's code in telephone numbers."""


def plain(text: str) -> str:
    """Write a text as the finders read it.

    Its characters are of normal width (NFKC), its digits 0 to 9, and its dashes hyphens; invisible characters, which
    pages and word processors put into long words, are left out.
    """
    return "".join(map(_plain, unicodedata.normalize("NFKC", text)))


def _plain(sign: str) -> str:
    match unicodedata.category(sign):
        case "Nd":
            return str(unicodedata.decimal(sign))
        case "Pd":
            return "-"
        case "Cf":
            return ""
    return sign


def available() -> bool:
    """Return whether telephone numbers can be found, which takes the extra `tasks`."""
    return find_spec("phonenumbers") is not None


def masked(value: str) -> str:
    """Mask a value so that its owner recognises it and nobody else can use it.

    At most two characters of each end are kept.
    """
    kept = min(len(value) // 4, 2)
    return f"{value[:kept]}…{value[len(value) - kept :]}"


def secrets(text: str) -> Iterator[str]:
    """Yield keys and tokens that programs log in with, recognised by their prefixes."""
    yield from (match[0] for match in SECRET.finditer(text))


def emails(text: str) -> Iterator[str]:
    """Yield e-mail addresses, except those reserved for examples."""
    yield from (match[0] for match in EMAIL.finditer(text))


def addresses(text: str) -> Iterator[str]:
    """Yield public internet addresses, except well-known ones and version numbers that look like one."""
    for match in [*FOUR.finditer(text), *SIX.finditer(text)]:
        try:
            found = ip_address(match[0])
        except ValueError:
            continue
        before = text[max(match.start() - 16, 0) : match.start()]
        if found.is_global and not found.is_multicast and str(found) not in RESOLVERS and not VERSION.search(before):
            yield match[0]


def ibans(text: str) -> Iterator[str]:
    """Yield bank account numbers with the right length for their country and the right remainder (ISO 13616)."""
    for match in IBAN.finditer(text):
        length = LENGTHS.get(match[1][:2].upper(), 0)
        signs = [place for place, sign in enumerate(match[1]) if sign.isalnum()]
        if not 0 < length <= len(signs):
            continue
        # The words after a number look like more of it.
        found = match[1][: signs[length - 1] + 1]
        bare = "".join(sign for sign in found if sign.isalnum())
        if int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1:
            yield found


def cards(text: str) -> Iterator[str]:
    """Yield payment card numbers: a known prefix, the length that goes with it, and the right Luhn check digit."""
    for match in CARD.finditer(LINK.sub(" ", text)):
        bare = re.sub(r"\D", "", match[0])
        if ISSUED.fullmatch(bare) and luhn(bare):
            yield match[0]


def luhn(digits: str) -> bool:
    """Return whether the check digit of a number is right (ISO/IEC 7812)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)) % 10 == 0


def phones(text: str, languages: Sequence[str]) -> Iterator[str]:
    """Yield telephone numbers.

    Those without a country code are read as people write them where these languages are spoken.
    """
    read = LINK.sub(" ", text)
    if not DIGITS.search(read) or not available():
        return
    from phonenumbers import PhoneNumberMatcher

    # Without a region, only numbers that begin with + are found.
    for region in regions(languages) or (None,):
        found = (match.raw_string for match in PhoneNumberMatcher(read, region))
        yield from (one for one in found if not FIGURES.fullmatch(one))


def regions(languages: Sequence[str]) -> list[str]:
    """Return the regions of BCP 47 tags, guessed for a tag that has none."""
    found = [
        region
        for language, _, named in (tag.partition("-") for tag in languages)
        for region in ([named] if len(named) == 2 and named.isupper() else REGIONS.get(language, []))
    ]
    return list(dict.fromkeys(found))
