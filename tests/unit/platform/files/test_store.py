import hashlib
import io
import re

import pytest

from coopoutreach.platform.files import store


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


class TestStreams:
    def test_what_comes_in_is_kept_under_a_name_of_our_own(self, tmp_path):
        data = b"x" * 200_000
        stored = store.save_stream(tmp_path, io.BytesIO(data), prefix="a-", most_bytes=200_000)
        assert re.fullmatch(r"a-[0-9a-f]{32}", stored.name)
        assert (stored.size, stored.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        with store.opened(tmp_path, stored.name) as file:
            assert file.read() == data
        assert (tmp_path / stored.name).stat().st_mode & 0o777 == 0o600

    def test_too_much_leaves_nothing(self, tmp_path):
        with pytest.raises(store.TooLarge):
            store.save_stream(tmp_path, io.BytesIO(b"x" * 11), prefix="a-", most_bytes=10)
        assert list(tmp_path.iterdir()) == []

    def test_what_is_erased_is_gone_and_what_is_not_there_is_no_matter(self, tmp_path):
        name = store.save(tmp_path, b"x")
        for _ in range(2):
            store.erase(tmp_path, name)
        assert store.opened(tmp_path, name) is None

    @pytest.mark.parametrize("name", ["../fuera", "/etc/passwd", "", ".oculto", "a/b"])
    def test_a33_no_name_leads_out_of_the_folder(self, tmp_path, name):
        outside = tmp_path / "fuera"
        outside.write_bytes(b"x")
        folder = tmp_path / "dentro"
        folder.mkdir()
        assert store.opened(folder, name) is None
        store.erase(folder, name)
        assert outside.exists()

    def test_a33_a_symbolic_link_is_not_followed(self, tmp_path):
        (tmp_path / "enlace").symlink_to("/etc/passwd")
        assert store.opened(tmp_path, "enlace") is None
