import time
from threading import Lock, Thread

import pytest
from argon2 import PasswordHasher, Type

from coopoutreach.people.accounts import passwords
from coopoutreach.platform.core.errors import Busy

LIGHT = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class Spy:
    """A hasher that counts, and keeps how many worked at once."""

    def __init__(self, during=lambda: None):
        self.verified, self.working, self.most = [], 0, 0
        self._lock, self._during = Lock(), during

    def hash(self, password):
        return LIGHT.hash(password)

    def verify(self, password_hash, password):
        with self._lock:
            self.working += 1
            self.most = max(self.most, self.working)
            self.verified.append(password_hash)
        self._during()
        with self._lock:
            self.working -= 1
        return LIGHT.verify(password_hash, password)


def test_it_is_argon2id_with_64_mib_and_three_passes():
    parameters = passwords.hasher._parameters  # noqa: SLF001 (the library shows it nowhere else)
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 64 * 1024
    assert parameters.time_cost >= 3


def test_a_password_matches_its_hash_and_no_other(monkeypatch):
    monkeypatch.setattr(passwords, "hasher", LIGHT)
    kept = passwords.hash_password("una clave muy larga")
    assert passwords.matches(kept, "una clave muy larga")
    assert not passwords.matches(kept, "una clave muy larga ")
    assert not passwords.matches("no es un hash", "una clave muy larga")


def test_letters_with_accents_match_however_a_keyboard_writes_them(monkeypatch):
    monkeypatch.setattr(passwords, "hasher", LIGHT)
    kept = passwords.hash_password("ñandú en el páramo")
    assert passwords.matches(kept, "n\u0303andu\u0301 en el pa\u0301ramo")


def test_nothing_is_cut_off_at_the_end(monkeypatch):
    monkeypatch.setattr(passwords, "hasher", LIGHT)
    kept = passwords.hash_password("x" * 1023 + "a")
    assert passwords.matches(kept, "x" * 1023 + "a")
    assert not passwords.matches(kept, "x" * 1023 + "b")


def test_AU_11_a_hash_is_checked_even_where_there_is_none(monkeypatch):  # noqa: N802
    spy = Spy()
    monkeypatch.setattr(passwords, "hasher", spy)
    assert not passwords.matches(None, "una clave muy larga")
    assert len(spy.verified) == 1


def test_AU_12_a_megabyte_of_password_is_never_hashed(monkeypatch):  # noqa: N802
    spy = Spy()
    monkeypatch.setattr(passwords, "hasher", spy)
    assert not passwords.matches("whatever", "x" * 1_000_000)
    assert spy.verified == []


def test_AU_12_no_more_than_four_are_hashed_at_once(monkeypatch):  # noqa: N802
    spy = Spy(during=lambda: time.sleep(0.02))
    monkeypatch.setattr(passwords, "hasher", spy)
    passwords.matches(None, "para que exista el de nadie")
    threads = [Thread(target=passwords.matches, args=(None, "x" * 12)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(spy.verified) == 13
    assert spy.most <= 4


def test_AU_12_who_waits_too_long_for_a_place_is_told(monkeypatch):  # noqa: N802
    monkeypatch.setattr(passwords, "_PATIENCE_SECONDS", 0.01)
    places = [passwords._places.acquire(blocking=False) for _ in range(4)]  # noqa: SLF001
    try:
        with pytest.raises(Busy):
            passwords.matches(None, "una clave muy larga")
    finally:
        for _ in filter(None, places):
            passwords._places.release()  # noqa: SLF001


def test_a_hash_by_other_parameters_is_outdated(monkeypatch):
    assert passwords.is_outdated(LIGHT.hash("una clave muy larga"))
    monkeypatch.setattr(passwords, "hasher", LIGHT)
    assert not passwords.is_outdated(LIGHT.hash("una clave muy larga"))
