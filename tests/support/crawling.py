"""Every address of the application that can be looked at, for tests that visit them all."""

import itertools

#: What stands in an address where a test names nothing: of each place, something that there is not.
_NOTHING = {"section": ["cooperativas", "instituciones"], "cut": ["13"]}
#: Places that take a number.
_NUMBERS = frozenset({"message_id", "number"})


def addresses(app, values):
    """Yield (rule, address) of each rule that answers GET, with each of `values` in its places."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        names = sorted(rule.arguments)
        known = {**_NOTHING, **values}
        for chosen in itertools.product(*(known.get(name, ["1"]) for name in names)):
            given = dict(zip(names, chosen, strict=True))
            numbers = {name: int(given[name]) for name in _NUMBERS & set(given)}
            yield rule, adapter.build(rule.endpoint, {**given, **numbers})
