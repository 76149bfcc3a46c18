"""Pages are tried on one engine; what they ask of it and write to it, on both in integration."""

import pytest


@pytest.fixture(params=["sqlite"])
def engine_name(request):
    return request.param
