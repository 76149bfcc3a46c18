"""What must hold of every template."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
NOT_PACKAGES = {"messages", "documents"}
MESSAGES = sorted(p for p in (TEMPLATES / "messages").glob("*/*") if p.is_dir())
PAGES = sorted(p for p in TEMPLATES.rglob("*.html") if TEMPLATES / "messages" not in p.parents)
COMPONENTS = sorted((TEMPLATES / "_components").rglob("*.html"))
#: What the content security policy refuses: it would be there and do nothing.
REFUSED = re.compile(
    r"""<[^>]*\s(style|on[a-z]+)\s*=|<style\b|<script(?![^>]*\bsrc=)|javascript:"""
)


def names(path):
    return path.relative_to(TEMPLATES).as_posix()


def syntax(path):
    # Reading the syntax needs none of the application's filters.
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    return environment.parse(path.read_text(encoding="utf-8"))


def test_each_folder_is_named_after_a_package():
    packages = {p.parent.name for p in (ROOT / "coopoutreach").glob("*/__init__.py")}
    folders = {p.name for p in TEMPLATES.iterdir() if p.is_dir() and not p.name.startswith("_")}
    assert folders - NOT_PACKAGES <= packages
    for kind in NOT_PACKAGES & folders:
        inside = {p.name for p in (TEMPLATES / kind).iterdir() if p.is_dir()}
        assert {name for name in inside if not name.startswith("_")} <= packages, kind


@pytest.mark.parametrize("path", PAGES, ids=names)
def test_every_macro_imported_is_used(path):
    tree = syntax(path)
    imported = {
        name if isinstance(name, str) else name[1]
        for found in tree.find_all(nodes.FromImport)
        for name in found.names
    }
    used = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"}
    assert not imported - used


@pytest.mark.parametrize("path", COMPONENTS, ids=names)
def test_a_component_is_one_macro_and_says_how_to_call_it(path):
    macros = [macro.name for macro in syntax(path).find_all(nodes.Macro)]
    assert [name for name in macros if not name.startswith("_")] == [path.stem]
    assert path.read_text(encoding="utf-8").lstrip().startswith("{#"), "Say what its arguments are."


@pytest.mark.parametrize("path", PAGES, ids=names)
def test_a_page_escapes_all_it_shows(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", text), "Hand over Markup, from Python."


@pytest.mark.parametrize("path", PAGES, ids=names)
def test_style_and_behaviour_are_in_the_bundle(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = REFUSED.search(text)
    assert not found, f"The content security policy refuses {found.group()!r}."


@pytest.mark.parametrize("path", MESSAGES, ids=names)
def test_each_message_has_a_subject_and_a_text(path):
    assert {"subject.txt", "body.txt"} <= {p.name for p in path.iterdir()}
