"""Databases of their own."""

import pytest


@pytest.fixture
def own_database_url(engine_name, tmp_path, request, worker_name):
    """The address of a database that no other test uses."""
    if engine_name == "sqlite":
        return f"sqlite:///{tmp_path / 'own.sqlite3'}"
    server = request.getfixturevalue("_postgresql_server")
    return server.new_database(f"own_{worker_name}_{abs(hash(str(tmp_path))) % 10**9}")
