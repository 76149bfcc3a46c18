"""What every form has in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from flask import flash, request
from typing_extensions import override
from werkzeug.datastructures import MultiDict
from wtforms import Form as WTForm

from coopoutreach.platform.web.shown_again import INVALID, is_shown_again

__all__ = ["INVALID", "Edit", "Form"]

_KEPT = "Mientras usted escribía, otra persona cambió otros datos de esta página: los conservamos."


@dataclass(slots=True)
class Edit:
    """What became of a form whose thing somebody else may have changed meanwhile."""

    #: What the form is read from: as it was sent, with what only somebody else changed.
    data: "MultiDict[str, str]"
    #: What is stored now, as the form would draw it.
    stored: dict[str, list[str]]
    #: Names of fields that somebody else changed, and whoever sent the form did not.
    kept: list[str] = field(default_factory=list)
    #: Of each field that both changed, what to say of it.
    clashes: dict[str, str] = field(default_factory=dict)


class Form(WTForm):  # type: ignore[misc]  # wtforms ships no types
    """A form as WTForms has it, that is not complete while two people disagree.

    Nor where it is only shown again.
    """

    #: Set where the form is of something that exists.
    edit: Edit | None = None
    #: Fields whose values are codes, which say nothing to a reader.
    codes: ClassVar[frozenset[str]] = frozenset()

    @override
    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Return whether all fields hold what they may; what is wrong stands beside each."""
        good = bool(super().validate(extra_validators))
        clashes = self.edit.clashes if self.edit is not None else {}
        for name, sentence in clashes.items():
            if name in self:
                self[name].errors = [*self[name].errors, sentence]
        if is_shown_again():
            return False
        if good and not clashes and self.edit is not None and self.edit.kept:
            flash(_KEPT)
        return good and not clashes

    @property
    def sent(self) -> "MultiDict[str, str]":
        """Return what was sent, with what only somebody else changed."""
        return self.edit.data if self.edit is not None else request.form

    @property
    def clashes_elsewhere(self) -> dict[str, str]:
        """Return what to say of the fields that the form reads by itself and both changed."""
        clashes = self.edit.clashes if self.edit is not None else {}
        return {name: sentence for name, sentence in clashes.items() if name not in self}
