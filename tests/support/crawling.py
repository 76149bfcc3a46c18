"""Every address of the application that can be looked at, for tests that visit them all."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

#: What stands in an address where a test names nothing: of each place, something that there is not.
_NOTHING = {"cut": ["13"]}


def addresses(app: Flask, values: Mapping[str, Sequence[str]]) -> Iterator[tuple[Rule, str]]:
    """Yield (rule, address) of each rule that answers GET, with each of `values` in its places."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        names = sorted(rule.arguments)
        known = {**_NOTHING, **_choices(rule), **values}
        for chosen in itertools.product(*(known.get(name, ["1"]) for name in names)):
            given = dict(zip(names, chosen, strict=True))
            numbers = {
                name: int(value)
                for name, value in given.items()
                if isinstance(rule._converters[name], IntegerConverter)  # noqa: SLF001 (no other way)
            }
            yield rule, adapter.build(rule.endpoint, {**given, **numbers})


def _choices(rule: Rule) -> dict[str, list[str]]:
    """Return what may stand in those places of a rule that take one of a few words."""
    return {
        name: sorted(converter.items)
        for name, converter in rule._converters.items()  # noqa: SLF001 (no other way)
        if isinstance(converter, AnyConverter)
    }
