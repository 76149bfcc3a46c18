"""Put a permission on a view; refuse by default.

The guard loads the thing that the view is about and checks the permission over that very thing;
the view gets the thing, not its number. What may not be seen looks like what does not exist.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import current_app, request
from flask_login import current_user

from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.db import begin_writing, db
from coopoutreach.platform.core.errors import DomainError, NotFound

P = ParamSpec("P")
R = TypeVar("R")

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

#: Says whether this actor stands in some relation to this thing.
Predicate = Callable[[Any, Any], bool]

#: For each permission, the alternatives: every predicate of one must hold.
Policy = Mapping[Permission, tuple[tuple[Predicate, ...], ...]]


#: Finds the thing that a route's arguments name, as `load(session, **arguments)`; None: no thing.
Loader = Callable[..., Any]


class SignInNeeded(DomainError):
    """Nobody is signed in, and the page is not for everybody."""

    status = 401


class AccessDenied(NotFound):
    """Somebody asked for what is not theirs. To them it does not exist; the trail keeps it."""

    def __init__(self, permission: Permission, thing: object = None) -> None:
        super().__init__()
        self.permission = permission
        self.thing = thing


def allows(policy: Policy, actor: object, permission: Permission, thing: object = None) -> bool:
    """Return whether `actor` holds `permission` over `thing`."""
    alternatives = policy.get(permission, ())
    return any(all(holds(actor, thing) for holds in clause) for clause in alternatives)


def may(permission: Permission, thing: object = None) -> bool:
    """Return whether whoever is signed in holds `permission` over `thing`."""
    return allows(current_app.extensions["policy"], current_user, permission, thing)


def requires(
    permission: Permission, load: Loader | None = None, *, into: str = "thing"
) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Refuse the view to anyone who lacks `permission` over the thing that `load` finds.

    The route's arguments go to `load`; the view gets what it found as the argument `into`.
    """

    def decorate(view: Callable[..., R]) -> Callable[..., R]:
        @wraps(view)
        def guarded(**arguments: Any) -> R:
            session = db.session()
            if request.method not in SAFE:
                # What was checked is what is changed: the thing is loaded inside the
                # transaction that will write it.
                begin_writing(session)
            if not current_user.is_authenticated:
                raise SignInNeeded("Ingrese para continuar.")
            if load is None:
                _check(permission)
                return view(**arguments)
            thing = load(session, **arguments)
            if thing is None:
                raise NotFound
            _check(permission, thing)
            return view(**{into: thing})

        guarded.access = permission  # type: ignore[attr-defined]  # read by the tests
        guarded.loads = load is not None  # type: ignore[attr-defined]  # likewise
        return guarded

    return decorate


def _check(permission: Permission, thing: object = None) -> None:
    if not may(permission, thing):
        raise AccessDenied(permission, thing)


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Open the view to everyone, on purpose."""
    view.access = "public"  # type: ignore[attr-defined]  # read by the tests
    return view


def by_link(view: Callable[P, R]) -> Callable[P, R]:
    """Open the view to whoever holds the secret in its address; the view checks the secret."""
    view.access = "link"  # type: ignore[attr-defined]  # read by the tests
    return view
