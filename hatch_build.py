"""What a wheel holds besides the package: the bundle, and what a checkout keeps beside it."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: A checkout's path -> its place in the wheel. The application looks in the checkout first.
BESIDE = {
    "templates": "coopoutreach/templates",
    "migrations": "coopoutreach/migrations",
    "config.py": "config.py",
    "wsgi.py": "wsgi.py",
}


class WheelHook(BuildHookInterface[Any]):
    """Bundle the front end and gather the rest, unless the install is editable.

    An editable one reads the checkout: copies would only grow old, and hide it.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Prepare what goes into the wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        runpy.run_path(str(root / "tools" / "assets.py"))["build"]()
        build_data["force_include"].update(
            {str(root / here): there for here, there in BESIDE.items()}
        )
