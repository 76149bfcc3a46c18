"""Materials: what the coordination hands out, and how people come by it."""

from coopoutreach.talks.materials.views import desk, download  # noqa: F401 (each adds its views)
from coopoutreach.talks.materials.views.blueprint import bp

__all__ = ["bp"]
