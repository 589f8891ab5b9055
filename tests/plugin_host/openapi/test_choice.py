"""plugins.host.sources.openapi.choice: how operations are chosen, as people write it."""

import pytest

from parley import ManifestError
from plugins.host.sources.openapi.choice import OperationChoice, groups, split_choice, with_choice
from plugins.host.sources.openapi.operations import ApiOperation

URL = "https://api.hub.example/openapi.json"
SPLIT = [
    (URL, URL, OperationChoice()),
    (f" {URL} tag:issues ", URL, OperationChoice(("issues",))),
    (f"{URL} tag:issues path:/repos/* tag:pulls", URL, OperationChoice(("issues", "pulls"), ("/repos/*",))),
    (f'{URL} search:"create issue" id:get', URL, OperationChoice((), (), ("get",), ("create issue",))),
    (f"{URL} tag:“Pull requests”", URL, OperationChoice(("Pull requests",))),
    ("/tmp/my tides.json path:/a", "/tmp/my tides.json", OperationChoice((), ("/a",))),
    ("https://a.example/tag:x.json", "https://a.example/tag:x.json", OperationChoice()),
]


@pytest.mark.parametrize(("source", "address", "choice"), SPLIT)
def test_a_choice_stands_behind_an_address(source: str, address: str, choice: OperationChoice) -> None:
    assert split_choice(source) == (address, choice)
    assert split_choice(f"{address} {choice}") == (address, choice)


@pytest.mark.parametrize("words", ["tag:issues more", "tag:", 'search:""', "tag:a method:get", 'tag:"a" b'])
def test_what_is_no_choice_is_said(words: str) -> None:
    with pytest.raises(ManifestError, match=r"tag:NAME, path:/PREFIX"):
        split_choice(f"{URL} {words}")


def test_the_command_lines_option_needs_no_quotes() -> None:
    assert with_choice(URL, ["search:create issue", "tag:a"]) == f'{URL} search:"create issue" tag:a'
    assert with_choice("dice", []) == "dice"
    for wrong in ("issues", "method:get", "tag:", 'tag:"a'):
        with pytest.raises(ManifestError, match="not a choice of operations"):
            with_choice(URL, [wrong])


CREATE = ApiOperation(
    "/repos/{owner}/issues",
    "post",
    {},
    {"operationId": "issues/create", "summary": "Create an issue", "tags": ["Issues"]},
)
TAKES = [
    ("", True),
    ("tag:issues", True),
    ("tag:issue", False),
    ("tag:pulls tag:issues", True),
    ("tag:issues path:/users", False),
    ("path:/repos", True),
    ("path:/rep", False),
    ("path:/repos/{owner}/issues", True),
    ("path:/repos/*/issues", True),
    ("path:/repos/*/pulls", False),
    ("path:*issues", True),
    ("path:/repos/[o]*", False),
    ("id:issues/create", True),
    ("id:create", False),
    ('search:"create issue"', True),
    ("search:CREATE", True),
    ("search:post", True),
    ('search:"create pull"', False),
    ('search:"create pull" search:repos', True),
]


@pytest.mark.parametrize(("words", "taken"), TAKES)
def test_what_is_chosen(words: str, taken: bool) -> None:
    assert split_choice(f"x {words}")[1].takes(CREATE) is taken


def test_groups_to_choose_from() -> None:
    two = ApiOperation("/users/{id}", "get", {}, {})
    odd = ApiOperation("/x", "get", {}, {"tags": ["Pull\u202e requests", 5]})
    assert groups([CREATE, CREATE, two, odd]) == 'tag:Issues (2), tag:"Pull requests" (1), path:/users (1)'
