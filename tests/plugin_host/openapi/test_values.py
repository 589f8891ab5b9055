"""plugins.host.sources.openapi.values: parts of any type, and texts that fit."""

from plugins.host.sources.openapi.values import cut, sequence, slug, table, tables, visible


def test_a_part_of_the_wrong_type_is_empty() -> None:
    assert (table([1]), sequence({"a": 1}), tables([{"a": 1}, 2])) == ({}, [], [{"a": 1}])


def test_texts_that_fit() -> None:
    assert (cut("abc", 3), cut("abcd", 3)) == ("abc", "ab…")
    assert [slug(title) for title in ("Swagger Petstore!", "3D Models", "日本")] == [
        "swagger-petstore",
        "api-3d-models",
        "api",
    ]
    assert visible('a\n\u202eb `c` "d"\u200b', 20) == "a b c d"
