"""plugins.host.install.plugin_source: the sources allowed from a chat, from a catalogue on the web and from the
terminal."""

from pathlib import Path

import pytest

from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import from_catalogue, from_chat, from_terminal

# fmt: off
REMOTE = [
    ("name==1.0", "index", "", ""),
    ("my.plugin_2-x==1!2.0+local", "index", "", ""),
    ("https://a.example/openapi.json", "openapi", "https://a.example/openapi.json", ""),
    ("git+https://a.example/x.git", "git", "https://a.example/x.git", "HEAD"),
    ("git+https://a.example:8443/~me/x.git@v1.0/b", "git", "https://a.example:8443/~me/x.git", "v1.0/b"),
]
LOCAL = [
    "/etc/passwd", "/etc/service.json", "./x.py", "../x.py", "~/x.py", "~root/.ssh", "x.py", "~", ".", "..",
    "file:///etc/passwd", "file://localhost/etc/hosts", "FILE:///etc/passwd", "git+file:///srv/x.git", "git+/srv/x.git",
    "git+ssh://git@a.example/x.git", "git+git@a.example:x.git", "ssh://a.example/x", r"\\server\share\x.py", r"C:\x.py",
    "//server/share/x.py", "$HOME/x.py", "${HOME}", "%USERPROFILE%", "bundled:../x.py",
    "http://a.example/openapi.json", "git+http://a.example/x.git", "git+git://a.example/x", "ftp://a.example/x.json",
    "git+ext::sh -c true", "git+https://a.example/x.git@--upload-pack=x", "git+https://a.example/../x.git",
    "git+https://me:key@a.example/x.git", "https://me:key@a.example/openapi.json", "https:///openapi.json",
    "git+https://-oProxyCommand=x/y.git", "git+HTTPS://a.example/x.git", "git+https://a.example/x.git?y=1",
    "git+https://a.example/x.git@v1:refs/heads/x", "git+https://a.example/x.git@+v1",
    "name==1.0\n--index-url https://evil.example", "name==1.0\n", "name @ https://a.example/x.whl", "name", "name>=1",
    "--index-url=x", "-r/etc/passwd", "https://a.example/\x00x", "name\x00==1", "/etc/passwd\x00.json", "",
    "https://a.example/\u202ex", "https://a.example/" + "x" * 600, "x" * 600 + "==1",
]
# fmt: on


@pytest.mark.parametrize(("text", "kind", "address", "ref"), REMOTE)
def test_what_anybody_may_name(text: str, kind: str, address: str, ref: str) -> None:
    for parse in (from_chat, from_catalogue, from_terminal):
        found = parse(text)
        assert (found.text, found.kind, found.address, found.ref, found.path) == (text, kind, address, ref, None)
    assert not from_chat(text).trusted


@pytest.mark.parametrize("text", LOCAL, ids=ascii)
def test_what_names_this_machine_is_refused_from_outside(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def looked(path: Path) -> bool:
        raise AssertionError(f"{path} was looked for")

    monkeypatch.setattr(Path, "exists", looked)
    for parse in (from_chat, from_catalogue):
        with pytest.raises(PluginProblem) as error:
            parse(text)
        assert str(error.value).isprintable()


def test_what_the_owner_may_name_in_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, kind in (
        ("x.py", "folder"),
        ("tides.json", "openapi"),
        ("tides.yml", "openapi"),
        ("name==1.0", "folder"),
    ):
        (tmp_path / name).write_text("")
        found = from_terminal(str(tmp_path / name))
        assert (found.kind, found.path, found.trusted) == (kind, tmp_path / name, True)
    assert from_terminal("x.py").path == tmp_path / "x.py"
    assert from_terminal(".").kind == "folder"
    # A file cannot change what a package or an address means.
    assert from_terminal("name==1.0").kind == "index"
    assert from_terminal("http://lan.example/openapi.json").kind == "openapi"
    for text, address, ref in (
        ("git+file:///srv/x.git@v1", "file:///srv/x.git", "v1"),
        ("git+ssh://git@a.example/x.git", "ssh://git@a.example/x.git", "HEAD"),
        ("git+ssh://git@a.example:2222/me/x.git@main", "ssh://git@a.example:2222/me/x.git", "main"),
    ):
        found = from_terminal(text)
        assert (found.kind, found.address, found.ref) == ("git", address, ref)


WRONG = ["", "no such file.py", "missing.py", "a b", "--index-url=x", "x\x00y", "file:///etc/passwd", "~nobody-here/x"]
WRONG += ["git+ext::sh -c true", "git+ssh://-oProxyCommand=x/y", "git+file:///srv/../etc"]


@pytest.mark.parametrize("text", WRONG, ids=ascii)
def test_what_is_no_source_at_all(text: str) -> None:
    with pytest.raises(PluginProblem):
        from_terminal(text)
