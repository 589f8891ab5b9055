import re
from pathlib import Path

from tests.web.words import ENGLISH

WEB = Path(__file__).parents[2] / "bots" / "web"


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    keys = set(re.findall(r"^(web-[a-z-]+) =", ENGLISH.read_text(encoding="utf-8"), re.MULTILINE))
    sources = [*WEB.glob("*.py"), *(WEB / "templates").glob("*.html")]
    used = set(re.findall(r"web-[a-z-]+", " ".join(path.read_text(encoding="utf-8") for path in sources)))
    assembled = {key for key in keys if key.startswith(("web-by-", "web-key-", "web-pick-"))}
    assert used - {"web-by-", "web-key-", "web-try-", "web-pick-"} <= keys
    assert keys - assembled <= used
