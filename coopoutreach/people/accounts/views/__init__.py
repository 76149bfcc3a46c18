"""Coming in, going out, and one's own account."""

from coopoutreach.people.accounts.views import held, links, own, reset, sign_in
from coopoutreach.people.accounts.views.blueprint import bp
from coopoutreach.people.accounts.views.held import ask_to_sign_in, form_expired

__all__ = ["ask_to_sign_in", "bp", "form_expired", "held", "links", "own", "reset", "sign_in"]
