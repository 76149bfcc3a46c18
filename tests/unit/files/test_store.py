import pytest

from coopoutreach.files import store


def test_what_is_saved_is_read_back_under_a_name_nobody_chose(tmp_path):
    folder = tmp_path / "files"
    first, second = store.save(folder, b"uno"), store.save(folder, b"dos", suffix=".pdf")
    assert store.read(folder, first) == b"uno"
    assert store.read(folder, second) == b"dos"
    assert second.endswith(".pdf")
    assert (folder / first).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", ".hidden", "", "a/b", ".."])
def test_a_name_leads_nowhere_else(tmp_path, name):
    with pytest.raises(ValueError, match="not the name"):
        store.write(tmp_path, name, b"x")
    assert store.read(tmp_path, name) is None


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    assert store.read(tmp_path, "link") is None


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError("no space left")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        store.write(tmp_path, "x", b"x")
    assert not list(tmp_path.iterdir())
