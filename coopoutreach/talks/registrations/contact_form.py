"""How somebody is called and reached, as it is typed or chosen from the cooperative's people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coopoutreach.people.directory import contact
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core import text, web_addresses
from coopoutreach.talks.registrations.queries import Colleague
from coopoutreach.talks.registrations.request import Contact


@dataclass(slots=True)
class ContactForm:
    """A name and an address, or one of the people who were offered."""

    name: str = ""
    email: str = ""
    #: The public id of who was chosen.
    chosen: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    contact: Contact = field(default_factory=lambda: Contact("", ""))

    @classmethod
    def of(cls, person: Person) -> "ContactForm":
        """Return the form as it is first shown, of somebody who is known."""
        return cls(name=person.name, email=person.email)

    @classmethod
    def parse(
        cls, data: Mapping[str, str], *, colleagues: Sequence[Colleague] = ()
    ) -> "ContactForm":
        """Read the form; without `errors` it has its `contact`."""
        form = cls(data.get("name", ""), data.get("email", ""), data.get("person", ""))
        found = next((one for one in colleagues if one.public_id == form.chosen), None)
        if found is not None:
            form.contact = Contact(found.name, found.email)
            return form
        name, address = text.clean_line(form.name), ""
        if text.has_line_breaks(form.name.strip()) or not any(char.isalpha() for char in name):
            form.errors["name"] = "Escriba el nombre y el apellido."
        elif len(name) > text.LONGEST_NAME:
            form.errors["name"] = f"Use a lo más {text.LONGEST_NAME} caracteres."
        elif web_addresses.has_web_address(name):
            form.errors["name"] = web_addresses.REFUSED
        try:
            address = contact.email(form.email)
        except ValueError as problem:
            form.errors["email"] = str(problem)
        form.contact = Contact(name, address)
        return form
