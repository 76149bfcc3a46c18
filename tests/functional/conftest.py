"""Pages are tried on one engine; what they ask of it and write to it, on both in integration."""

import pytest


@pytest.fixture
def engine_name(request):
    # A test that is marked `both_engines` gives it.
    return getattr(request, "param", "sqlite")
