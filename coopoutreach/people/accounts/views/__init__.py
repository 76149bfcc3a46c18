"""Coming in, going out, and one's own account."""

from coopoutreach.people.accounts.views import links, own, reset, sign_in
from coopoutreach.people.accounts.views.blueprint import ask_to_sign_in, bp

__all__ = ["ask_to_sign_in", "bp", "links", "own", "reset", "sign_in"]
