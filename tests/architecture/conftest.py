"""What is looked at here is the code and its lists of routes: no statement reaches an engine."""

import pytest


@pytest.fixture(params=["sqlite"])
def engine_name(request):
    return request.param
