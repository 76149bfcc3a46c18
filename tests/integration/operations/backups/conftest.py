"""Places to back up and to restore into."""

from dataclasses import replace
from itertools import count

import pytest

_names = count(1)


@pytest.fixture
def a_place(request, engine_name, settings, tmp_path):
    """Make settings of a place of its own, with nothing in it."""
    made = []

    def make():
        name = f"place{next(_names)}"
        folder = tmp_path / name
        if engine_name == "sqlite":
            url = f"sqlite:///{folder / 'base.sqlite3'}"
        else:
            server = request.getfixturevalue("_postgresql_server")
            name = f"{name}_{request.getfixturevalue('worker_name')}"
            url = server.new_database(name)
            made.append((server, name))
        return replace(
            settings, database_url=url, instance=folder, files_url=str(folder / "archivos")
        )

    yield make
    for server, name in made:
        server.drop_database(name)
