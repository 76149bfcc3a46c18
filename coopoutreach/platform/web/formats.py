"""Make the formats of `core.spanish`, and the addresses of the bundle, known to templates."""

import json
from functools import lru_cache

from flask import Flask
from wtforms.meta import DefaultMeta

from coopoutreach.platform.core import addresses, spanish
from coopoutreach.platform.core.shipped import BUNDLE

FILTERS = (
    spanish.day,
    spanish.day_and_month,
    spanish.shortday,
    spanish.month,
    spanish.clock,
    spanish.daytime,
    spanish.integer,
    spanish.money,
    spanish.uf,
    spanish.percent,
    spanish.rut,
)


def init_app(app: Flask) -> None:
    """Add the filters and globals that every template may use, and the language of forms."""
    # What a field of the library says by itself, such as that something is no number.
    DefaultMeta.locales = ["es"]
    for function in FILTERS:
        app.add_template_filter(function)
    app.add_template_filter(addresses.shown, "mail_address")
    app.jinja_env.globals.update(
        asset=asset,
        asset_url=lambda path: f"/static/{path}",
        spanish=spanish,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def asset(name: str) -> str:
    """Return the address of `app.css` or `app.js`, with the hash of what is in it.

    :raises LookupError: if the bundle was not built
    """
    stem, _, kind = name.partition(".")
    try:
        return f"/static/dist/{_manifest()[stem][kind]}"
    except KeyError:
        raise LookupError(f"The bundle has no {name}: run `make assets`.") from None


@lru_cache(maxsize=1)
def _manifest() -> dict[str, dict[str, str]]:
    path = BUNDLE / "manifest.json"
    if not path.exists():
        raise LookupError("The bundle was not built: run `make assets`.")
    manifest: dict[str, dict[str, str]] = json.loads(path.read_text())
    return manifest
