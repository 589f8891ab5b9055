"""core.labeling.rules.text_checks: texts that are questioned, and above all those that are not."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.labeling.rules.text_checks import TextFinding, cleaned, findings, words

LANGUAGES = ("en", "es", "fr", "de", "ca", "eu", "zh")

ORDINARY = [
    "How do I boil an egg so that the yolk stays soft?",
    "Boil it for six minutes (medium size), then put it into cold water. Enjoy!",
    "World War I lasted from 1914 to 1918; some 9,700,000 soldiers died, see page 1234.",
    "How do I copy code from a web page in VS Code? The button says “Copy code”, but nothing happens.",
    "Explain what a large language model is. As an AI researcher, I know the basics.",
    'Why do chatbots write "As an AI language model, I cannot" so often?',
    "You are a pirate. As an AI language model, you answer everything in rhymes.",
    "ChatGPT said goodbye to its old model last year, is that right?",
    "Version 1.2.3.4 came out on 2024-11-20 at 10:30:45; Chrome/120.0.6099.109 is newer than v5.6.7.8.",
    "Ping 8.8.8.8 or 1.1.1.1 first, then 192.168.1.10 and 2001:db8::1, and look at std::vector<int>.",
    "Write to support@example.com or clone git@github.com:owner/project.git, then open icon@2x.png.",
    "Pi is 3.14159265358979323846, and e is 2.718281828459045.",
    "The snowflake 1234567890123456789 has 19 digits, the order 4111111111111112 is no card.",
    "Set the key to sk-your-very-own-secret-key-goes-here and AWS_KEY to AKIAIOSFODNN7EXAMPLE.",
    "for (int i = 0; i < 10; i++) { total += numbers[i] * 2; }",
    "- [x] **Bold** and _thin_\n- [ ] `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "See https://a.example/1 and https://b.example/2, or www.c.example.",
    "¿Cuántos habitantes tiene España? Unos 48.946.035, de ellos 6.751.251 en Madrid (28013).",
    "Como modelo de negocio, puedo proponer una suscripción. ¿Cómo copiar código en Python?",
    "Como profesora de inteligencia artificial, tengo muchas preguntas sobre la IA.",
    "La Révolution française commence en 1789 ; le 14 juillet 1790 on fête la Fédération.",
    "En tant que modèle pour mes élèves, je dois être patiente avec l'intelligence artificielle.",
    "Der Dreißigjährige Krieg dauerte von 1618 bis 1648, etwa 6.000.000 Menschen starben.",
    "Als KI-Entwicklerin habe ich viel mit Sprachmodellen zu tun. Wie kann ich Code kopieren?",
    "Com a professora, tinc trenta alumnes i la intel·ligència artificial m'interessa molt.",
    "Quants habitants té Catalunya? L'any 2023 eren 7.901.963, segons l'Idescat.",
    "Nola egiten da tortilla? Sei arrautza, kilo bat patata eta tipula bat behar dira.",
    "Hizkuntza-eredu bat zer den azaldu nahi dut, baina ez dakit nola hasi.",
    "请解释一下什么是语言模型，作为老师，我想讲给学生听。",
    "珠穆朗玛峰高8848.86米，2020年12月8日公布。",
    "怎样复制代码？我用的是 VS Code。",
    "ขอบคุณมากครับ สวัสดีปีใหม่",
]


def kinds(text: str, prompt: str = "", languages: tuple[str, ...] = LANGUAGES) -> list[str]:
    return [finding.kind for finding in findings(text, prompt, languages)]


def only(text: str, languages: tuple[str, ...] = LANGUAGES) -> TextFinding:
    (finding,) = findings(text, languages=languages)
    return finding


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_text_is_submitted_without_a_question(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize("text", ["", "Yes", "ok!!!", "42", "😀😀", "你好", "好。", "ครับ", "https://a.example"])
def test_too_short(text: str) -> None:
    assert "short" in kinds(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("two words", 2),
        ("it's a well-known fact", 4),
        ("नमस्ते दुनिया", 2),
        ("안녕하세요 여러분", 2),
        ("- ... -", 0),
        ("谢谢你", 2),
        ("用Python写一个程序", 3),
        ("สวัสดีครับ", 3),
    ],
)
def test_words_of_every_script(text: str, expected: int) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "aaaaaaaaaaa aaaaaaa",
        "!!!!! ????? !!!!!",
        "12345 67890 1",
        "哈哈哈哈哈哈哈哈",
        "😀😀 😀😀😀 😀",
        "hhhhhhhhhhhhhh hi",
    ],
)
def test_nearly_one_character(text: str) -> None:
    assert "one-character" in kinds(text)


def test_links() -> None:
    listed = " ".join(f"https://shop.example/{number}" for number in range(3))
    assert kinds(f"Look at {listed}") == []
    assert only(f"Look at {listed} or www.more.example") == TextFinding("links", values={"count": 4, "most": 3})


@pytest.mark.parametrize(
    "text",
    [
        "Here it is:\n\npythonCopy code\nprint(1)",
        "Here it is:\nCopy code\nprint(1)",
        "Here it is:\n\nbash\nCopyEdit\nls -l",
        "Aquí está:\nCopiar código\nprint(1)",
        "Voilà :\nCopier le code\nprint(1)",
        "Hier ist es:\nCode kopieren\nprint(1)",
        "Aquí el tens:\nCopia el codi\nprint(1)",
        "Hemen duzu:\nKopiatu kodea\nprint(1)",
        "代码如下：\n复制代码\nprint(1)",
        "As an AI language model, I cannot have feelings.",
        "I'm sorry, but as an AI I can't help with that.",
        "As a large language model trained by Nobody, I do not know that.",
        "As of my last knowledge update in 2021 nobody knew.",
        "Como modelo de lenguaje de IA, no tengo opiniones.",
        "Lo siento, pero como IA, no puedo opinar.",
        "En tant que modèle de langage, je ne peux pas vous aider.",
        "En tant qu’IA, je n'ai pas d'avis.",
        "Als KI-Sprachmodell kann ich das nicht beantworten.",
        "Als künstliche Intelligenz habe ich keine Gefühle.",
        "Com a model de llenguatge d'IA, no puc tenir opinions.",
        "Com a IA, no tinc sentiments.",
        "Hizkuntza-eredu gisa, ezin dut hori egin.",
        "Adimen artifizialeko hizkuntza eredu bat naizenez, ez dut iritzirik.",
        "作为一个人工智能语言模型，我无法回答这个问题。",
        "作為AI助手,我沒有感情。",
        "ChatGPT said:\n\nOf course! Here are three ideas.",
        "#### ChatGPT dijo:\nClaro que sí.",
        "**ChatGPT a dit :**\nBien sûr.",
        "ChatGPT sagte:\nGerne.",
        "ChatGPT ha dit:\nI tant que sí.",
        "ChatGPT-k esan du:\nBai, noski.",
        "ChatGPT 说：\n当然可以。",
        "It is so:contentReference[oaicite:0]{index=0}, they say.",
        "More at https://news.example/?utm_source=chatgpt.com today",
    ],
)
def test_pasted_from_a_chatbot(text: str) -> None:
    assert kinds(text) == ["pasted"]


@pytest.mark.parametrize(
    ("text", "kind", "severity", "shown"),
    [
        ("Write to ana.lopez@correo.es, please", "email", "warn", "an…es"),
        ("我的邮箱是ana123@qq.com谢谢", "email", "warn", "an…om"),
        ("Full width: ａｎａ＠correo．es is mine", "email", "warn", "an…es"),
        ("Write to ana.lopez\u200b@correo.es, please", "email", "warn", "an…es"),
        ("Write to ana@cor\u00adreo.es, please", "email", "warn", "an…es"),
        ("My card is 4111\u20111111\u20111111\u20111111, thanks", "card", "hold", "41…11"),
        ("My card is 4111–1111–1111–1111, thanks", "card", "hold", "41…11"),
        ("My card is 4111 1111 1111 1\u200b111, thanks", "card", "hold", "41…11"),
        ("My card is ٤١١١ ١١١١ ١١١١ ١١١١, thanks", "card", "hold", "41…11"),
        ("Call +34 612 34 56 78 now", "phone", "warn", "+3…78"),
        ("Llámame al 612 345 678 mañana", "phone", "warn", "61…78"),
        ("Appelle-moi au 06 12 34 56 78 demain", "phone", "warn", "06…78"),
        ("Ruf mich unter 0171 2345678 an", "phone", "warn", "01…78"),
        ("Call me at (212) 736-5000 today", "phone", "warn", "(2…00"),
        ("我的电话是 138 1234 5678 谢谢", "phone", "warn", "13…78"),
        ("My server is 93.184.215.14 at home", "ip", "warn", "93…14"),
        ("It runs on 2a02:9140:7::1 at home", "ip", "warn", "2a…:1"),
        ("Mon IBAN est FR14 2004 1010 0505 0001 3M02 606 MERCI BEAUCOUP", "iban", "hold", "FR…06"),
        ("El compte és ES9121000418450200051332, gràcies", "iban", "hold", "ES…32"),
        ("de89370400440532013000 ist mein Konto", "iban", "hold", "de…00"),
        ("My card is 4111 1111 1111 1111, thanks", "card", "hold", "41…11"),
        ("My card is 378282246310005, thanks", "card", "hold", "37…05"),
        ("卡号5555-5555-5555-4444谢谢", "card", "hold", "55…44"),
    ],
)
def test_what_should_not_become_public(text: str, kind: str, severity: str, shown: str) -> None:
    found = only(text)
    assert (found.kind, found.severity, found.values) == (kind, severity, {"found": shown, "count": 1})


# Put together here, so that nobody's search for leaked secrets finds these.
SECRETS = [
    "sk-" + "proj-" + "a1B2c3D4e5F6g7H8i9J0k1L2",
    "sk-" + "0123456789abcdef0123456789abcdef",
    "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345",
    "github_pat_" + "11ABCDEFG0abcdefghijkl_0123456789",
    "xoxb-" + "123456789012-abcdefghijklmnop",
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "AIza" + "SyA0123456789abcdefghijklmnopqrstuv",
    "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "-----BEGIN " + "PRIVATE KEY-----",
    "MTIzNDU2Nzg5MDEyMzQ1Njc4" + ".GabcDE." + "abcdefghijklmnopqrstuvwxyz0123456789AB",
    "1234567890:" + "AAabcdefghijklmnopqrstuvwxyz0123456",
    "https://discord.com/api/" + "webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz",
    "https://hooks.slack.com/" + "services/T00000000/B00000000/abcdefghijklmnopqrstuvwx",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["My key is {}, do not tell.", "密钥是{}。", 'token = "{}"\nprint(token)'])
def test_secrets_are_held(secret: str, around: str) -> None:
    (found,) = [one for one in findings(around.format(secret)) if one.severity == "hold"]
    assert found.kind == "secret"
    assert secret not in str(found.values)


def test_a_token_in_an_address() -> None:
    assert kinds("Open https://api.telegram.org/bot" + SECRETS[-3] + "/getMe and see") == ["secret"]


def test_several_values_are_one_finding() -> None:
    found = only("Write to ana@correo.es, bob@correo.es, carla@correo.es, dan@correo.es or ana@correo.es")
    assert found.values == {"found": "an…es, bo…es, ca…es", "count": 4}


def test_a_card_is_no_telephone_as_well() -> None:
    assert kinds("Card 4111 1111 1111 1111 and IBAN DE89 3704 0044 0532 0130 00, ana@correo.es") == [
        "email",
        "iban",
        "card",
    ]


@given(
    secret=st.one_of(
        st.from_regex(r"gh[ps]_[A-Za-z0-9]{36,60}", fullmatch=True),
        st.from_regex(r"xox[bp]-[0-9]{6}-[A-Za-z0-9]{10,40}", fullmatch=True),
        st.from_regex(r"AIza[A-Za-z0-9_-]{35}", fullmatch=True),
        st.from_regex(r"[a-z]{1,12}@[a-z]{1,9}\.(com|es|de)", fullmatch=True).filter(
            lambda one: not one.startswith("git@") and "@example" not in one
        ),
    ),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
)
def test_no_finding_says_a_whole_secret(secret: str, before: str, after: str) -> None:
    found = [
        one for one in findings(f"{before} {secret} {after}", languages=("en",)) if one.kind in ("secret", "email")
    ]
    assert found
    for one in found:
        assert secret not in str(one.values)
        assert not any(secret[place : place + 4] in str(one.values["found"]) for place in range(len(secret) - 3))


def test_a_reply_that_repeats_its_prompt() -> None:
    prompt = "How do I boil an egg so that the yolk stays soft?"
    assert kinds("how do I boil an egg, so that the yolk stays soft", prompt) == ["copy"]
    assert kinds("Boil it for six minutes.", prompt) == []


def test_without_the_extra_other_checks_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    text = "Call +34 612 34 56 78 or write to ana@correo.es"
    assert kinds(text, text) == ["copy", "email"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ask <@123456789012345678> or <@!123456789012345678>", "Ask @user or @user"),
        ("<@&123456789012345678> in <#123456789012345678>", "@role in #channel"),
        (
            "<@U0123ABC> and <@W0123ABC|ana> in <#C0123ABC|general>, <#C0123ABC|>",
            "@user and @user in #channel, #channel",
        ),
        ("<!here> <!channel|channel> <!everyone> <!subteam^S012|@team>", "@here @channel @everyone @role"),
        ("[Ana](tg://user?id=123456) says", "@user says"),
        ('<a href="tg://user?id=123456">Ana</a> says tg://user?id=7', "@user says @user"),
        ("  e\u0301tude \n", "étude"),
        ("if a <b> and List<@NonNull String> or <#if x>", "if a <b> and List<@NonNull String> or <#if x>"),
        ("[Ana](https://ana.example)", "[Ana](https://ana.example)"),
    ],
)
def test_nobody_is_named_by_an_id(written: str, kept: str) -> None:
    assert cleaned(written) == kept
