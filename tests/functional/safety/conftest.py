"""What must hold when something fails, or somebody tries: on both engines, unlike other pages."""

import pytest

from tests.conftest import ENGINES


@pytest.fixture(params=ENGINES)
def engine_name(request):
    return request.param
