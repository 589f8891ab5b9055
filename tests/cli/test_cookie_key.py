import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.wiring.cookie_key import NAME, cookie_key
from core.errors import OperatorError


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = cookie_key(tmp_path)
    assert len(key.secret) == 32
    assert timedelta() <= datetime.now(UTC) - key.made < timedelta(minutes=1)
    assert cookie_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_each_home_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert cookie_key(tmp_path / "a") != cookie_key(tmp_path / "b")


def test_a_key_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    key = cookie_key(tmp_path)
    (tmp_path / NAME).chmod(0o644)
    assert cookie_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_what_was_left_by_a_crash_is_no_key(tmp_path: Path) -> None:
    (tmp_path / NAME).with_suffix(".new").write_text("half")
    assert len(cookie_key(tmp_path).secret) == 32


@pytest.mark.parametrize(
    "content",
    [b"", b"short", b"\xff\xfe", b"g" * 64 + b" 2026-01-01T00:00:00+00:00", b"a" * 64 + b" 2026-01-01T00:00:00"],
)
def test_a_broken_key_is_told_and_not_replaced(content: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(OperatorError, match=NAME):
        cookie_key(tmp_path)
    assert (tmp_path / NAME).read_bytes() == content


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(OperatorError, match=NAME):
        cookie_key(tmp_path)
