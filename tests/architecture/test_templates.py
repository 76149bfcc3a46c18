"""What must hold of every template."""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
PACKAGE = ROOT / "coopoutreach"
#: The names of notices are stored: these are called as their feature was called before.
CALLED = {"mailroom": "pages/mail_admin"}
NOT_PACKAGES = {"messages", "documents"}
MESSAGES = sorted(p.parent for p in (TEMPLATES / "messages").rglob("subject.txt"))
PAGES = sorted(p for p in TEMPLATES.rglob("*.html") if TEMPLATES / "messages" not in p.parents)
COMPONENTS = sorted((TEMPLATES / "_components").rglob("*.html"))
#: These hold tables of drawings, in SVG, and pick from them by name.
DRAWINGS = {"_components/badge.html", "_components/icon.html"}
#: What the content security policy refuses: it would be there and do nothing.
REFUSED = re.compile(
    r"""<[^>]*\s(style|on[a-z]+)\s*=|<style\b|<script(?![^>]*\bsrc=)|javascript:"""
)


def names(path):
    return path.relative_to(TEMPLATES).as_posix()


@cache
def syntax(path):
    # Reading the syntax needs none of the application's filters.
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    return environment.parse(path.read_text(encoding="utf-8"))


def under_names(found):
    return {name if isinstance(name, str) else name[1] for name in found.names}


def test_each_folder_of_pages_lies_where_its_package_lies():
    folders = {p.parent for p in PAGES if p.parent != TEMPLATES}
    shared = {"_components", "_layouts"}
    astray = [
        names(folder)
        for folder in folders
        if names(folder) not in shared and not (PACKAGE / names(folder)).is_dir()
    ]
    assert not astray


def test_each_message_lies_in_the_area_of_its_feature():
    astray = [
        path.as_posix()
        for path in (message.relative_to(TEMPLATES / "messages") for message in MESSAGES)
        if not (PACKAGE / CALLED.get(path.parent.name, path.parent)).is_dir()
    ]
    assert not astray


def test_every_macro_imported_is_used():
    unused = [f"{names(path)}: {name}" for path in PAGES for name in sorted(unused_macros(path))]
    assert not unused


def unused_macros(path):
    tree = syntax(path)
    imported = {name for found in tree.find_all(nodes.FromImport) for name in under_names(found)}
    return imported - {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"}


def test_a_component_says_on_top_how_to_call_its_macros():
    wrong = {names(path): told for path in COMPONENTS if (told := what_is_untold(path))}
    assert not wrong
    assert COMPONENTS


def what_is_untold(path):
    comment = re.match(r"\{#.*?#\}", path.read_text(encoding="utf-8").lstrip(), flags=re.DOTALL)
    if not comment:
        return "Begin with a comment: what it is for, and its arguments."
    macros = {macro.name for macro in syntax(path).find_all(nodes.Macro)}
    if not macros:
        return "A component is a macro."
    # Those that nobody imports are the component's own business.
    wanted = macros & (imported_by_component()[names(path)] | {path.stem})
    return sorted(name for name in wanted if f"{name}(" not in comment.group())


@cache
def imported_by_component():
    """The macros that pages import, by the name of the component."""
    found_by_name = defaultdict(set)
    for path in PAGES:
        for found in syntax(path).find_all(nodes.FromImport):
            if isinstance(found.template, nodes.Const):
                found_by_name[found.template.value] |= {
                    name if isinstance(name, str) else name[0] for name in found.names
                }
    return found_by_name


def test_a_page_escapes_all_it_shows():
    unescaped = []
    for path in PAGES:
        if names(path) not in DRAWINGS:
            own_words = re.sub(r"'[^']*'\s*\|\s*safe\b", "", path.read_text(encoding="utf-8"))
            found = re.search(r"\|\s*safe\b|autoescape\s+false", own_words)
            unescaped += [f"{names(path)}: {found.group()}"] if found else []
    assert not unescaped, "Hand over Markup, from Python."


def test_style_and_behaviour_are_in_the_bundle():
    refused = []
    for path in PAGES:
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        refused += [f"{names(path)}: {found.group()}" for found in REFUSED.finditer(text)]
    assert not refused, "The content security policy refuses it."


def test_each_message_has_a_subject_and_a_text():
    wanted = {"subject.txt", "body.txt"}
    assert MESSAGES
    incomplete = [names(p) for p in MESSAGES if not wanted <= {part.name for part in p.iterdir()}]
    assert not incomplete


#: A mail address printed as text, as it is stored: its domain as the wire takes it.
RAW_ADDRESS = re.compile(r"[>·\s]\{\{\s*[\w.]*\.(email|recipient|sender)\s*\}\}")


def test_mail_addresses_are_shown_as_people_read_them():
    raw = {
        f"{names(path)}: {found.group().strip()}"
        for path in PAGES
        for found in RAW_ADDRESS.finditer(path.read_text(encoding="utf-8"))
    }
    assert not raw, "use the filter mail_address"
