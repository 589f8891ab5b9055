"""bots.slack.receive: a text as people read it."""

import pytest

from bots.slack.receive import readable


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@U1> what is <#C1|garden>?", "what is #garden?"),
        ("what is <#C1|>?", "what is <#C1>?"),
        ("<!subteam^S1|@gardeners> and <!subteam^S1> and <!subteam^S2>", "@gardeners and @gardeners and @S2"),
        ("<!here|here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("due <!date^1392734382^{date_num}|2014-02-18>", "due 2014-02-18"),
        ("&lt;!here&gt; &amp; &lt;#C1|garden&gt;", "<!here> & <#C1|garden>"),
        ("<mailto:ana@example.org|ana@example.org>, <tel:+4930|+4930>", "ana@example.org, +4930"),
        ("<mailto:ana@example.org|write to her>", "[write to her](mailto:ana@example.org)"),
        ("<http://example.org|example.org>", "http://example.org"),
        ("<https://example.org|words> <https://example.org>", "[words](https://example.org) https://example.org"),
    ],
)
def test_marks_are_read_as_what_people_see(written: str, read: str) -> None:
    assert readable(written, "U1", {"S1": "gardeners"}) == read
