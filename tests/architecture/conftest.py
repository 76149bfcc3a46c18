"""What is looked at here is the code and its lists of routes: no statement reaches an engine."""

import pytest


@pytest.fixture
def engine_name():
    return "sqlite"
