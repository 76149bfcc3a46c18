"""What must hold of every page."""

import re

from coopoutreach.platform.access.permissions import Permission
from coopoutreach.policy import POLICY

SAFE = {"GET", "HEAD", "OPTIONS"}


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_page_says_who_may_see_it(app):
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in rules(app)}
    silent = sorted(name for name, view in views.items() if not hasattr(view, "access"))
    assert not silent, "Put @requires(Permission.…) on it, or @public."


def test_a_page_about_something_checks_the_permission_over_that_very_thing(app):
    unloaded = sorted(
        f"{rule.endpoint} {rule.rule}"
        for rule in rules(app)
        for view in [app.view_functions[rule.endpoint]]
        if rule.arguments and isinstance(view.access, Permission) and not view.loads
    )
    assert not unloaded, "Give @requires the query that finds the thing."


def test_no_page_both_shows_and_changes(app):
    both = sorted(r.endpoint for r in rules(app) if "GET" in r.methods and r.methods - SAFE)
    assert not both, "Give the form and its submission a view each."


def test_every_permission_is_in_the_policy_and_the_reverse():
    assert set(POLICY) == set(Permission)


def test_no_permission_is_everybodys_by_accident():
    # A clause holds when all of its predicates do: an empty one always would.
    empty = sorted(permission for permission, clauses in POLICY.items() if not all(clauses))
    assert not empty


def test_addresses_are_kebab_case(app):
    for rule in rules(app):
        written = re.sub(r"<[^<>]*>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", written), rule.rule
