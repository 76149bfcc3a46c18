"""E-mail addresses and telephone numbers, read from what people type. Nothing is looked up.

The library of numbers is loaded when the first form needs it: it would make every start wait.
"""

from importlib import import_module

from coopoutreach.platform.core import addresses

LONGEST_EMAIL = addresses.LONGEST
_LONGEST_PHONE = 30
_WRONG_PHONE = "Escriba un teléfono con sus 9 dígitos, como 9 8765 4321 o 2 2345 6789."


def email(text: str) -> str:
    """Return the address that somebody typed, fit to write to.

    :raises ValueError: with a sentence that says what is wrong
    """
    return addresses.read(text)


def email_key(address: str) -> str:
    """Return an address as it is compared: lower case, its domain as the wire takes it."""
    return addresses.key(address)


def mailbox_key(address: str) -> str:
    """Return what stands for the mailbox that an address leads to; it need not be valid.

    Lower case, without a `+tag` nor dots, so that variants of one address count as one.
    """
    local, _, domain = email_key(address).rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def phone(text: str) -> str:
    """Return a telephone number as E.164: `+56987654321`; without a country, it is Chile's.

    :raises ValueError: with a sentence that says what is wrong
    """
    if len(text) > _LONGEST_PHONE:
        raise ValueError(_WRONG_PHONE)
    phonenumbers = import_module("phonenumbers")
    try:
        number = phonenumbers.parse(text, "CL")
    except phonenumbers.NumberParseException:
        raise ValueError(_WRONG_PHONE) from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise ValueError(_WRONG_PHONE)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def show_phone(number: str) -> str:
    """Return a number of E.164 as it is read: `+56 9 8765 4321`."""
    phonenumbers = import_module("phonenumbers")
    parsed = phonenumbers.parse(number)
    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, international))
