"""What the documents must say, and what nothing in the repository may."""

import ast
import inspect
import re
import runpy
import subprocess
from pathlib import Path

import click

from coopoutreach.cli import main

ROOT = Path(__file__).parents[2]
#: Lists and settings that named where they were fetched would work nowhere else.
#: In halves, for this file is looked through as well.
HALVES = (("py", "pi.org"), ("python", "hosted.org"), ("npm", "js.org"), ("yarn", "pkg.com"))
REGISTRIES = re.compile("|".join(re.escape("".join(halves)) for halves in HALVES))
WORKPLACES = re.compile(r"(?<![\w.])/(?:work|root|home)/\w")


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def commands(group, path=()):
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def test_the_map_is_up_to_date(app):
    render = runpy.run_path(str(ROOT / "tools" / "code_map.py"))["render"]
    assert (ROOT / "docs" / "map.md").read_text(encoding="utf-8") == render(app), "Run `make map`."


def test_every_endpoint_is_on_the_map(app):
    lines = (ROOT / "docs" / "map.md").read_text(encoding="utf-8").splitlines()
    missing = []
    for rule in app.url_map.iter_rules():
        name = inspect.unwrap(app.view_functions[rule.endpoint]).__name__
        address = re.sub("<[^<>]*:", "<", rule.rule)
        if rule.endpoint != "static" and not any(
            line.startswith(f"- `{address}` ") and f"::{name}`" in line for line in lines
        ):
            missing.append(f"{rule.endpoint} {rule.rule}")
    assert not missing


def test_every_shell_command_has_help():
    silent = [" ".join(path) for path, command in commands(main) if not command.help]
    assert not silent


def test_the_readme_tells_every_setting():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = ast.parse((ROOT / "config.py").read_text(encoding="utf-8"))
    texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    settings = {t for t in texts if isinstance(t, str) and re.fullmatch(r"[A-Z][A-Z0-9_]+", t)}
    assert not {name for name in settings if f"`{name}`" not in readme}


def test_nothing_names_a_registry_or_the_place_it_was_written_at():
    found = []
    for path in tracked():
        text = path.read_bytes().decode(errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {m.group()}" for m in REGISTRIES.finditer(text)]
        found += [f"{path.relative_to(ROOT)}: {m.group()}" for m in WORKPLACES.finditer(text)]
    assert not found


def test_the_lists_agree():
    pins = [
        dict(
            re.findall(
                r"^([a-z0-9._-]+)==(\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE
            )
        )
        for name in ("run.txt", "test.txt")
    ]
    both = pins[0].keys() & pins[1].keys()
    assert {name: pins[0][name] for name in both} == {name: pins[1][name] for name in both}
