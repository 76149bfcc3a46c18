"""What follows from what happens to events, as it does in the running application."""

import pytest

from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING


@pytest.fixture(autouse=True)
def wiring():
    reactions.install(WIRING)
