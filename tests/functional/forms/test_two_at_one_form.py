"""Two people with the same form open: for every form of something that exists that a page shows."""

import pytest
from lxml import html

from coopoutreach.platform.access.permissions import Role
from tests.support.forms_found import forms_of, read, send

#: Forms of which two fields at least take any words, so that each of two people can change one.
LEAST = 8
_WORDS = (" uno", " dos")


def is_words(form, name):
    return form.kinds[name] in ("", "text") and dict(form.fields).get(name, "").strip()


def drawn(client, page, action):
    """Return the form of `page` that is sent to `action`, as it stands now."""
    answer = client.get(page)
    for form in html.document_fromstring(answer.data).xpath("//form"):
        found = read(form, page)
        if found.action == action:
            return found
    raise AssertionError(f"{action} is not on {page} any more")


def changed(form, name, words):
    """Return what is sent when `words` are added to a field, and what the field then says."""
    said = dict(form.fields)[name].strip() + words
    return [(each, said if each == name else value) for each, value in form.fields], said


def takes_words(client, form, page):
    """Return the names of the fields that take some more words, and what is stored after that."""
    found = []
    for name in sorted(form.typed):
        if not is_words(form, name):
            continue
        now = drawn(client, page, form.action)
        data, said = changed(now, name, " cero")
        answer = send(client, form.action, [*data, ("confirmed", "1")])
        if (
            answer.status_code == 303
            and dict(drawn(client, page, form.action).fields)[name] == said
        ):
            found.append(name)
    return found


def page_of(form):
    return dict(form.fields)["drawn"].split(".", 2)[2]


@pytest.fixture
def forms(app, federation, user_of, browser_of):
    client = browser_of(user_of(Role.COORDINATION))
    found = [form for form in forms_of(client, "/mi-cuenta") if "base" in dict(form.fields)]
    assert len(found) >= LEAST
    return client, found


def test_each_keeps_what_the_other_changed_and_what_both_changed_is_shown(forms):
    client, found = forms
    faults, merged = [], 0
    for form in found:
        page = page_of(form)
        names = takes_words(client, form, page)
        if not names:
            continue
        mine, theirs = names[0], names[-1]
        before = drawn(client, page, form.action)
        # Somebody else saves first, then I do, from the page as it was.
        data, their_words = changed(before, theirs, _WORDS[0])
        assert send(client, form.action, [*data, ("confirmed", "1")]).status_code == 303
        data, my_words = changed(before, mine, _WORDS[1])
        answer = send(client, form.action, [*data, ("confirmed", "1")])
        after = dict(drawn(client, page, form.action).fields)
        if mine == theirs:
            if answer.status_code != 422 or after[theirs] != their_words:
                faults.append(("both", form.action, answer.status_code))
            if their_words not in answer.text or my_words not in answer.text:
                faults.append(("not shown", form.action, mine))
        elif (answer.status_code, after[theirs], after[mine]) != (303, their_words, my_words):
            faults.append(("apart", form.action, answer.status_code, after[theirs], after[mine]))
        else:
            merged += 1
    assert not faults, "\n".join(map(repr, faults))
    assert merged >= LEAST // 2


def test_without_it_the_later_save_undoes_the_earlier(forms):
    """The negative control: a form that does not say what it was drawn from."""
    client, found = forms
    open_to_two = ((form, takes_words(client, form, page_of(form))) for form in found)
    form, names = next((form, names) for form, names in open_to_two if len(names) > 1)
    page, (mine, theirs) = page_of(form), names[:2]
    before = drawn(client, page, form.action)
    data, their_words = changed(before, theirs, _WORDS[0])
    send(client, form.action, [*data, ("confirmed", "1")])
    data, _ = changed(before, mine, _WORDS[1])
    send(client, form.action, [pair for pair in [*data, ("confirmed", "1")] if pair[0] != "base"])
    assert dict(drawn(client, page, form.action).fields)[theirs] != their_words


def test_every_form_that_edits_says_what_it_was_drawn_from(app, federation, user_of, browser_of):
    silent = [
        form.action
        for role in (Role.COORDINATION, Role.ADMINISTRATION, Role.COUNTERPART, Role.MANAGER)
        for form in forms_of(browser_of(user_of(role)), "/mi-cuenta")
        if form.action.endswith("/editar") and "base" not in dict(form.fields)
    ]
    assert not silent
