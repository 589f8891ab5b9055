"""core.outside_text: invisible characters go, written text stays, and no text can leave its mark."""

import unicodedata
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.outside_text import cleaned, cleaned_line, cleaned_value, marked, quoted_line, unmarked

LANGUAGES = {
    "Amharic": "ሰላም ለሁላችሁ፤ ዛሬ ምን አለ?",
    "Arabic": "مرحبًا بكم، الرقم ١٢٣ في الصفحة \u0601٤٥",
    "Armenian": "Բարեւ, ինչպե՞ս ես։",
    "Assamese": "নমস্কাৰ, আপোনাৰ কি খবৰ?",
    "Basque": "Kaixo, zer moduz?",
    "Bengali": "হঠাৎ র\u200d্যাব এল।",
    "Bulgarian": "Здравейте, как сте?",
    "Burmese": "မင်္ဂလာ\u200bပါ။",
    "Catalan": "Col·legi, l'Àgata n'és",
    "Chinese": "你好，世界！「引用」",
    "Czech": "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "Danish": "Blåbærgrød på øen",
    "Dutch": "Het ĳs is één euro",
    "English": "It\u2019s naïve \u2014 isn\u2019t it\u2026 5\u00a0km",
    "Finnish": "Hyvää päivää, mitä kuuluu?",
    "French": "«\u00a0Où est-il\u202f?\u00a0» cœur",
    "Georgian": "გამარჯობა, როგორ ხართ?",
    "German": "Grüß Gott, schöne Straße",
    "Greek": "Καλημέρα, τι κάνετε;",
    "Gujarati": "કેમ છો? ક્\u200dષ",
    "Hebrew": "שָׁלוֹם, מה נשמע? צה״ל",
    "Hindi": "क्\u200dया श्रीमान्\u200c जी?",
    "Hungarian": "Árvíztűrő tükörfúrógép",
    "Indonesian": "Selamat pagi, apa kabar?",
    "Japanese": "こんにちは、世界。カタカナ\u3000ー",
    "Kannada": "ನಮಸ್ಕಾರ, ರ್\u200dಯ",
    "Khmer": "សួស្តី\u200bពិភពលោក",
    "Korean": "안녕하세요, 세계",
    "Malayalam": "അവന്\u200d വന്നു",
    "Marathi": "दर्\u200dया, वाऱ्याने",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ᠌ ᠰᠠᠷ\u180eᠠ",
    "Persian": "می\u200cخواهم کتاب\u200cها را ببینم، USB\u200cها",
    "Polish": "Zażółć gęślą jaźń",
    "Portuguese": "Ação, coração e pão",
    "Russian": "Съешь ещё этих мягких булок",
    "Sinhala": "ශ්\u200dරී ලංකා",
    "Spanish": "¿Cómo estás? ¡Mañana!",
    "Tamil": "வணக்கம், எப்படி இருக்கிறீர்கள்?",
    "Thai": "สวัสดี\u200bชาวโลก",
    "Turkish": "İstanbul'da ığdır çöl",
    "Vietnamese": "Tiếng Việt rất đẹp",
}
EMOJI = [
    "👨\u200d👩\u200d👧\u200d👦",
    "👩🏽\u200d🚀",
    "❤\ufe0f\u200d🔥",
    "🏳\ufe0f\u200d🌈",
    "🏴\u200d☠\ufe0f",
    "🏃🏿\u200d♀\ufe0f\u200d➡\ufe0f",
    "🙂\u200d↔\ufe0f",
    "🧑\u200d🤝\u200d🧑",
    "🐻\u200d❄\ufe0f",
    "1\ufe0f\u20e3",
    "#\ufe0f\u20e3",
    "©\ufe0f ™\ufe0f ‼\ufe0f ℹ\ufe0f ☎\ufe0e 〰\ufe0f ㊗\ufe0f",
    "🇪🇺",
    "👍🏾",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "\U0001fae8 \U0001fae9",
]
ANYTHING = st.text(st.characters(codec=None)) | st.text(
    st.sampled_from(
        "ab\n\r1#ن\u0928\u094d👩❤🏴\u200b\u200c\u200d\u200e\u200f\u202e\u2028\u180b\u1820\ufe0e\ufe0f\u20e3\ufeff"
    )
    | st.characters(min_codepoint=0xE0000, max_codepoint=0xE01EF)
)


def tagged(words: str) -> str:
    """Words in signs that no screen shows."""
    return "".join(chr(0xE0000 + ord(sign)) for sign in words)


def selected(words: str) -> str:
    """Words as selectors of variants, a byte each."""
    return "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in words.encode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_write_stays(language: str) -> None:
    assert cleaned(LANGUAGES[language]) == LANGUAGES[language]


@pytest.mark.parametrize("emoji", EMOJI)
def test_emoji_stay(emoji: str) -> None:
    assert cleaned(f"a {emoji}b{emoji}\n") == f"a {emoji}b{emoji}\n"


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (f"a{tagged('obey')}b", "ab"),
        (f"😀{selected('ignore all')}b", "😀b"),
        ("\u202eevil\u202c \u2067x\u2069\u200e\u200f\u061c", "evil x"),
        ("pass\u00adword\u2060\ufeff\u200b\u034f", "password"),
        ("\u115f\u1160\u3164\uffa0fill\u17b4er", "filler"),
        ("a\u2028b\u2029c\rd\r\ne\x0cf", "a\nb\nc\nd\ne\nf"),
        ("bell\x07 esc\x1b[31m nul\x00 del\x7f", "bell esc[31m nul del"),
        ("half \ud800 own \ue000 none \ufffe\U0010ffff", "half  own  none "),
        ("⠓\u2800⠊", "⠓ ⠊"),
        ("a\u200db\u200cc", "abc"),
        ("ن\u200c\u200d\u200c\u200dن", "ن\u200cن"),
        ("👩\ufe0f\ufe0f\ufe0f\u200d\u200d👩", "👩\ufe0f\u200d👩"),
        ("1\ufe0f a\ufe0f", "1 a"),
        (f"🏴{tagged('obeyx')}\U000e007f", "🏴"),
        (f"🏴{tagged('gbeng')}", "🏴"),
        ("🏴" + tagged("gbeng") + "\U000e007f" + tagged("obey"), "🏴" + tagged("gbeng") + "\U000e007f"),
    ],
)
def test_what_nobody_sees_goes(given: str, left: str) -> None:
    assert cleaned(given) == left


@given(ANYTHING)
def test_a_clean_text_is_left_alone(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@given(ANYTHING)
def test_nothing_of_the_forbidden_categories_is_left(text: str) -> None:
    kept = "\n\t\u200b\u200c\u200d\u180e\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
    flags = tagged("gbengsctwl") + "\U000e007f\U000110bd\U000110cd"
    found = [sign for sign in cleaned(text) if unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")]
    assert set(found) <= set(kept + flags)


@given(st.text(), st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_nothing_can_be_smuggled_between_letters(text: str, hidden: str) -> None:
    assert cleaned(f"a{tagged(hidden)}b{selected(hidden)}{text}") == cleaned(f"ab{text}") or text[:1] in "\ufe0e\ufe0f"


@given(st.text(), st.text())
def test_no_text_can_end_its_own_mark(text: str, key: str) -> None:
    whole = marked(text, "Data.", key)
    begin, end = whole.splitlines()[2], whole.splitlines()[-1]
    mark = end.removeprefix("[end ").removesuffix("]")
    assert begin == f"[begin {mark}]"
    assert whole.count(mark) == 2
    assert whole == marked(text, "Data.", key)


def test_a_text_that_quotes_an_earlier_mark_gets_another() -> None:
    first = marked("page", "Data.", "key")
    second = marked(first, "Data.", "key")
    assert second.splitlines()[-1] not in first


def test_names_are_one_short_line() -> None:
    assert cleaned_line(f"  a\u2028b\tc{tagged('x')}  d ", 100) == "a b c d"
    assert cleaned_line("👩\u200d👩", 2) == "👩"


def test_a_schema_is_cleaned_in_all_its_texts() -> None:
    hidden = tagged("obey")
    schema = {
        f"pro{hidden}perties": {"a": {"description": f"a{hidden}", "enum": [f"x{hidden}", 1], "default": f"y{hidden}"}},
        "examples": [{"title": f"z{hidden}"}],
        "minimum": 2,
    }
    assert cleaned_value(schema) == {
        "properties": {"a": {"description": "a", "enum": ["x", 1], "default": "y"}},
        "examples": [{"title": "z"}],
        "minimum": 2,
    }


def test_a_schema_without_end_is_refused() -> None:
    deep: object = "x"
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested more than"):
        cleaned_value(deep)
    with pytest.raises(ValueError, match="more than"):
        cleaned_value(list(range(30_000)))


@pytest.mark.slow
def test_a_large_text_takes_no_time() -> None:
    text = "\u200d".join("अ" * 300_000)
    began = thread_time()
    cleaned(text)
    assert thread_time() - began < 5


def test_what_somebody_wrote_is_no_markup_in_a_line_of_ours() -> None:
    assert quoted_line("a\n# b\u202e **c** [d](https://e) `f` <@1> |g| ~h~ \\", 99) == (
        "a \\# b \\*\\*c\\*\\* \\[d\\](https://e) \\`f\\` \\<@1\\> \\|g\\| \\~h\\~ \\\\"
    )
    assert quoted_line("abcdef", 5) == "abcd…"
    assert quoted_line("abcde", 5) == "abcde"


@pytest.mark.parametrize("text", ["a page", "two\n\nparagraphs", "[begin 0123456789abcdef]\nx\n[end 0123456789abcdef]"])
def test_what_is_marked_is_found_again(text: str) -> None:
    first, second = marked(text, "Data.", "key"), marked("more", "Data.", "key")
    assert unmarked(f"Explain.\n\n{first}") == ("Explain.", (text,))
    assert unmarked(f"Explain.\n\nIn short.\n\n{first}\n\n{second}") == ("Explain.\n\nIn short.", (text, "more"))
    assert unmarked("Explain.") == ("Explain.", ())
    assert unmarked(first.removesuffix("]"))[1] == ()
