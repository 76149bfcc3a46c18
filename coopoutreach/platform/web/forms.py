"""What every form has in common."""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override
from wtforms import Form as WTForm

from coopoutreach.platform.web.shown_again import INVALID, is_shown_again

__all__ = ["INVALID", "Form"]


class Form(WTForm):  # type: ignore[misc]  # wtforms ships no types
    """A form as WTForms has it, which is never complete where it is only shown again."""

    @override
    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Return whether all fields hold what they may; what is wrong stands beside each."""
        return bool(super().validate(extra_validators)) and not is_shown_again()
