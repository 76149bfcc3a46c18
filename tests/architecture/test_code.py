"""What no linter checks for us. Each test looks at every module and lists what offends."""

import ast
from functools import cache
from pathlib import Path

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


@cache
def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def functions(path):
    return [
        n for n in ast.walk(parse(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def ends_transactions(path):
    return names(path) == "coopoutreach/platform/core/db.py" or path.is_relative_to(
        PACKAGE / "platform" / "web"
    )


def endings(path):
    return [
        f"{names(path)}, line {node.lineno}: .{node.func.attr}()"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ENDINGS
    ]


def test_only_core_db_and_web_end_a_transaction():
    calls = [call for path in MODULES if not ends_transactions(path) for call in endings(path)]
    assert not calls, "Work in the caller's transaction; web.transaction or Database opens one."
    assert endings(PACKAGE / "platform" / "core" / "db.py"), "It finds none where there are some."


def test_no_module_is_too_long():
    lengths = {names(p): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    long = {name: length for name, length in lengths.items() if length > LONGEST_MODULE}
    assert not long, "Make it a package of the same name."


def test_no_function_is_too_long():
    lengths = {
        f"{names(path)}: {f.name}": f.end_lineno - f.lineno + 1
        for path in MODULES
        for f in functions(path)
    }
    assert lengths
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}


def test_every_import_is_at_the_top():
    inside = [
        f"{names(path)}: {f.name}, line {node.lineno}"
        for path in MODULES
        for f in functions(path)
        for node in ast.walk(f)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside, "A deferred import hides a cycle; move what is shared downwards."


def test_a_command_is_given_its_session_who_asks_and_the_time():
    commands = {
        f"{names(path)}: {f.name}": f
        for path in COMMANDS
        for f in functions(path)
        if not f.name.startswith("_")
    }
    assert commands
    wrong = {
        name
        for name, command in commands.items()
        if [a.arg for a in command.args.args[:1]] != ["session"]
        or "now" not in {a.arg for a in command.args.kwonlyargs}
    }
    assert not wrong, "A command takes `session` first and `now` by keyword."


def test_a_module_is_named_after_what_it_holds():
    vague = [
        names(path)
        for path in MODULES
        if MEANINGLESS & (set(path.stem.split("_")) | set(path.parent.name.split("_")))
    ]
    assert not vague, "A file name is a role, or what is in it."
