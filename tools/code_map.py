"""Write docs/map.md: what the application can do, and the function that does it.

It names functions and not lines, so that it changes when what the application can do changes.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "coopoutreach"
MAP = ROOT / "docs" / "map.md"

TITLE = """# Where things happen

Written by `make map` from the first line of each docstring; do not edit.

Who may do what: `coopoutreach/policy.py`. What runs when: `coopoutreach/schedule.py`.
What follows from what: `coopoutreach/wiring.py`.
"""

#: The roles that do something, and what the map calls them, in this order.
ROLES = {
    "views": "Pages",
    "commands": "Changes",
    "notices": "Messages",
    "jobs": "Scheduled",
    "cli": "Shell",
}
VERBS = {"get": "GET", "post": "POST", "route": "GET"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def render() -> str:
    """Return the map: a section a feature, a list a role, a line a function."""
    sections = [TITLE]
    for feature in sorted(path.parent for path in PACKAGE.glob("*/__init__.py")):
        lists = "".join(_list(feature, role) for role in ROLES)
        if lists:
            purpose = _summary(_parse(feature / "__init__.py"))
            sections.append(f"\n## {feature.name}\n\n{purpose}\n{lists}")
    return "".join(sections)


def _list(feature: Path, role: str) -> str:
    modules = [feature / f"{role}.py", *sorted((feature / role).rglob("*.py"))]
    lines = [line for path in modules if path.exists() for line in _lines(path, role)]
    return f"\n{ROLES[role]}:\n\n" + "".join(lines) if lines else ""


def _lines(path: Path, role: str) -> Iterator[str]:
    """Yield a line for each function that a role shows to others."""
    tree = _parse(path)
    prefix = _url_prefix(tree)
    for node in tree.body:
        if not isinstance(node, Function) or node.name.startswith("_"):
            continue
        addresses = list(_addresses(node, prefix))
        if role == "views" and not addresses:
            continue
        where = f"{path.relative_to(ROOT).as_posix()}::{node.name}"
        shown = "".join(f"`{address}` · " for address in addresses)
        yield f"- {shown}{_summary(node)} (`{where}`)\n"


def _addresses(view: Function, prefix: str) -> Iterator[str]:
    """Yield `GET /charlas/<slug>` for each decorator that gives the view an address."""
    for decorator in view.decorator_list:
        match decorator:
            case ast.Call(
                func=ast.Attribute(attr=verb), args=[ast.Constant(value=str(rule)), *_]
            ) if verb in VERBS:
                # A converter says how, not where: <int:year> is <year> to a reader.
                path = re.sub("<[^<>]*:", "<", f"{prefix}{rule}")
                yield f"{VERBS[verb]} {path}"
            case _:
                pass


def _url_prefix(tree: ast.Module) -> str:
    """Return the prefix that the module's blueprint puts before its addresses."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.keyword)
            and node.arg == "url_prefix"
            and isinstance(node.value, ast.Constant)
        ):
            return str(node.value.value)
    return ""


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _summary(node: ast.Module | Function) -> str:
    return (ast.get_docstring(node) or "").split("\n", maxsplit=1)[0]


if __name__ == "__main__":
    MAP.parent.mkdir(exist_ok=True)
    MAP.write_text(render(), encoding="utf-8")
