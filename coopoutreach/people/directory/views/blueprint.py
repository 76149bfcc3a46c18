"""The blueprint of the directory, and what its views share."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from coopoutreach.people.directory import forms, queries
from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import Kind
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.transaction import transaction

bp = Blueprint("directory", __name__)

#: The first part of an address, by what the organisation is.
SECTIONS = {
    Kind.COOPERATIVE: "cooperativas",
    Kind.INSTITUTION: "instituciones",
    Kind.UNIT: "instituciones",
}


def cooperative(session: Session, public_id: str) -> Organisation | None:
    """Find the cooperative of an address."""
    return organisation(session, "cooperativas", public_id)


def institution(session: Session, public_id: str) -> Organisation | None:
    """Find the institution, or the unit, of an address."""
    return organisation(session, "instituciones", public_id)


def organisation(session: Session, section: str, public_id: str) -> Organisation | None:
    """Find the organisation of an address, under the section that is its own."""
    found = queries.organisation_by_public_id(session, public_id)
    return found if found is not None and SECTIONS[found.kind] == section else None


def page_of(found: Organisation) -> str:
    """Return the address of an organisation's page."""
    view = ".cooperative" if found.is_cooperative else ".institution"
    return url_for(view, public_id=found.public_id)


def attempt(form: Any, act: Callable[[Session], str]) -> str | None:
    """Return where to go after `act`; None if the form or a rule said no, beside the field.

    :raises DomainError: if a rule said no and it is about no field of the form
    """
    if not form.validate():
        return None
    try:
        with transaction() as session:
            return act(session)
    except DomainError as refusal:
        forms.put_beside(form, refusal)
        return None
