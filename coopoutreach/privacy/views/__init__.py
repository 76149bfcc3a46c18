"""The policy, «Mis datos», the public form, the coordination's cases, and unsubscribing."""

from coopoutreach.privacy.views import (  # noqa: F401 (each adds its views)
    cases,
    erasing,
    own,
    policy,
    request,
    unsubscribe,
)
from coopoutreach.privacy.views.blueprint import bp

__all__ = ["bp"]
