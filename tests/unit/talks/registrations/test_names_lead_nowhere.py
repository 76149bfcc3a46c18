"""PR-02: every form in which somebody types a name or a post refuses one that leads somewhere."""

import pytest
from werkzeug.datastructures import MultiDict

from coopoutreach.people.directory.forms import MemberForm
from coopoutreach.platform.core.web_addresses import REFUSED
from coopoutreach.privacy.forms import RequestForm
from coopoutreach.talks.registrations.contact_form import ContactForm
from coopoutreach.talks.registrations.forms import OTHER, RegistrationForm
from coopoutreach.talks.registrations.rules import Room

EVIL = "Premio en https://evil.example/x"


def registration(**typed):
    data = {
        "people-0-name": "Ana Díaz",
        "people-0-email": "ana@x.example",
        "organisation": OTHER,
        "organisation_name": "Soc. Coop. A.C.",
        **typed,
    }
    form = RegistrationForm.parse(
        data, rooms=(Room.IN_ROOM,), knows_organisation=False, needs_organisation=True
    )
    return form.errors


@pytest.mark.parametrize("field", ["people-0-name", "organisation_name"])
def test_a_registration(field):
    assert registration() == {}
    assert registration(**{field: EVIL}) == {field: REFUSED}


def test_a_colleague():
    assert ContactForm.parse({"name": EVIL, "email": "a@x.example"}).errors == {"name": REFUSED}


@pytest.mark.parametrize("field", ["name", "post"])
def test_a_post(field):
    data = {"name": "Ana Díaz", "email": "ana@x.example", "post": "Gerenta (S)", field: EVIL}
    form = MemberForm(MultiDict(data))
    assert not form.validate()
    assert form.errors == {field: [REFUSED]}


def test_a_request_about_ones_data(app):
    data = {"name": EVIL, "email": "ana@x.example", "right": "access"}
    with app.test_request_context():
        form = RequestForm(MultiDict(data))
        assert not form.validate()
        assert form.errors == {"name": [REFUSED]}
