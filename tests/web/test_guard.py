import pytest
from starlette.datastructures import Headers

from bots.web.addresses import names
from bots.web.guard import refusal

HOSTS = {"127.0.0.1", "localhost", "[::1]", "chat.example.org"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "LOCALHOST:1", "[::1]:8000", "chat.example.org"])
def test_our_own_names_are_welcome(host: str) -> None:
    assert refusal("GET", Headers({"host": host}), HOSTS) is None


@pytest.mark.parametrize("host", ["", "evil.example", "127.0.0.1.evil.example", "localhost@evil", "127.0.0.1:x", "a b"])
def test_a_foreign_name_is_refused(host: str) -> None:
    refused = refusal("GET", Headers({"host": host}), HOSTS)
    assert refused
    assert refused[0] == 400


def test_two_names_are_refused() -> None:
    twice = Headers(raw=[(b"host", b"localhost"), (b"host", b"localhost")])
    assert refusal("GET", twice, HOSTS)


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        ("same-origin", "http://localhost:8000", None),
        ("same-origin", None, None),
        (None, "http://localhost:8000", None),
        (None, "https://localhost:8000", None),
        (None, None, 403),
        ("cross-site", "http://evil.example", 403),
        ("cross-site", None, 403),
        ("same-site", "http://localhost:9000", 403),
        ("none", None, 403),
        ("same-origin", "http://evil.example", 403),
        (None, "null", 403),
        (None, "http://localhost:9000", 403),
        (None, "http://localhost", 403),
        (None, "ftp://localhost:8000", 403),
        (None, "http://[", 403),
    ],
)
def test_only_our_own_pages_may_change_something(site: str | None, origin: str | None, status: int | None) -> None:
    given = {"host": "localhost:8000", "sec-fetch-site": site, "origin": origin}
    headers = Headers({name: value for name, value in given.items() if value is not None})
    refused = refusal("POST", headers, HOSTS)
    assert (refused[0] if refused else None) == status


def test_the_usual_port_need_not_be_named() -> None:
    for host, origin in (("localhost:80", "http://localhost"), ("chat.example.org", "https://chat.example.org")):
        assert refusal("POST", Headers({"host": host, "origin": origin}), HOSTS) is None


def test_a_server_has_the_names_of_the_machine_and_those_that_it_is_given() -> None:
    assert names("0.0.0.0", ["a.org"]) == {"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "a.org"}
    assert "[fd00::7]" in names("fd00::7")
    assert "[fd00::7]" in names("[fd00::7]")
