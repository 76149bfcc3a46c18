"""Write docs/map.md: every address of the application, who may ask for it, its view, its template.

It is made from the application's own list of routes, and names functions, not lines.
"""

import ast
import inspect
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from coopoutreach.app import create_app
from coopoutreach.platform.core.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
MAP = ROOT / "docs" / "map.md"

TITLE = """# Every page

Written by `make map` from the application's routes; do not edit.

Each line: address · who may · view · template. Who holds which permission:
`coopoutreach/policy.py`. What runs when: `coopoutreach/schedule.py`. What follows from what:
`coopoutreach/wiring.py`. Where a rule lives is found by folder and name: `CONTRIBUTING.md`.
"""


def render(app: Flask) -> str:
    """Return the map: a section a package, a line a route."""
    sections: dict[str, list[str]] = defaultdict(list)
    for rule in app.url_map.iter_rules():
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        if not view.__module__.startswith("coopoutreach."):
            continue  # Flask's own, of the bundle
        package = "/".join(view.__module__.split(".")[1:]).partition("/views")[0]
        sections[package].append(_line(rule, view, app.view_functions[rule.endpoint]))
    return TITLE + "".join(
        f"\n## {package}\n\n" + "".join(sorted(lines))
        for package, lines in sorted(sections.items())
    )


def _line(rule: Rule, view: Callable[..., Any], guarded: Callable[..., Any]) -> str:
    verbs = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    # A converter says how, not where: <int:year> is <year> to a reader.
    address = re.sub("<[^<>]*:", "<", rule.rule)
    who = getattr(guarded, "access", "public")
    where = view.__module__.removeprefix("coopoutreach.").replace(".", "/")
    templates = ", ".join(f"`{name}`" for name in dict.fromkeys(_templates(view))) or "no template"
    return f"- `{address}` {verbs} · {who} · `{where}.py::{view.__name__}` · {templates}\n"


def _templates(view: Callable[..., Any]) -> Iterator[str]:
    """Yield what the view renders, itself or by a function of its module that it calls."""
    functions = _functions(Path(inspect.getsourcefile(view) or ""))
    seen, left = set(), [view.__name__]
    while left:
        name = left.pop(0)
        if name in seen or name not in functions:
            continue
        seen.add(name)
        for node in ast.walk(functions[name]):
            match node:
                case ast.Constant(value=str(text)) if text.endswith(".html"):
                    yield text
                case ast.Name(id=called):
                    left.append(called)
                case _:
                    pass


@cache
def _functions(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _application(folder: str) -> Flask:
    return create_app(
        Settings(
            database_url=f"sqlite:///{folder}/unused.sqlite3",
            secret_key="a map needs none, " * 4,
            base_url="http://127.0.0.1:8000",
            mail_url=f"file:{folder}",
            mail_from="mapa@fecrecoop.example",
            files_url=folder,
            instance=Path(folder),
            trusted_hosts=("127.0.0.1",),
        )
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        MAP.write_text(render(_application(made)), encoding="utf-8")
