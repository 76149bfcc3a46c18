"""What no linter checks for us."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "coopoutreach"
MODULES = sorted(PACKAGE.rglob("*.py"))
COMMANDS = [p for p in MODULES if p.name == "commands.py" or p.parent.name == "commands"]
LONGEST_FUNCTION = 60
LONGEST_MODULE = 400
MEANINGLESS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "managers",
    "base",
    "common",
    "misc",
}
ENDINGS = {"commit", "rollback", "begin", "begin_nested"}


def names(path):
    return path.relative_to(ROOT).as_posix()


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path):
    return [
        n for n in ast.walk(parse(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def ends_transactions(path):
    return names(path) == "coopoutreach/core/db.py" or path.is_relative_to(PACKAGE / "web")


@pytest.mark.parametrize("path", [p for p in MODULES if not ends_transactions(p)], ids=names)
def test_only_core_db_and_web_end_a_transaction(path):
    calls = [
        f"line {node.lineno}: .{node.func.attr}()"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ENDINGS
    ]
    assert not calls, "Work in the caller's transaction; web.transaction or Database opens one."


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_nothing_is_too_long(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE, "Make it a package of the same name."
    lengths = {f.name: f.end_lineno - f.lineno + 1 for f in functions(path)}
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_every_import_is_at_the_top(path):
    inside = [
        f"{f.name}, line {node.lineno}"
        for f in functions(path)
        for node in ast.walk(f)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside, "A deferred import hides a cycle; move what is shared downwards."


@pytest.mark.parametrize("path", COMMANDS, ids=names)
def test_a_command_is_given_its_session_who_asks_and_the_time(path):
    for command in functions(path):
        if command.name.startswith("_"):
            continue
        first = [a.arg for a in command.args.args[:1]]
        by_keyword = {a.arg for a in command.args.kwonlyargs}
        assert first == ["session"], f"{command.name} must take `session` first"
        assert "now" in by_keyword, f"{command.name} must take `now`, by keyword"


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_a_module_is_named_after_what_it_holds(path):
    words = set(path.stem.split("_")) | set(path.parent.name.split("_"))
    assert not words & MEANINGLESS, "A file name is a role, or what is in it."
