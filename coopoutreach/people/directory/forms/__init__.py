"""What the coordination may type into the directory. Unknown fields are ignored."""

from coopoutreach.people.directory.forms.fields import put_beside
from coopoutreach.people.directory.forms.organisations import (
    LEVELS,
    CooperativeForm,
    LevelForm,
    NamesForm,
    comuna_choices,
    data_of,
    filters_from,
)
from coopoutreach.people.directory.forms.people import (
    AccessForm,
    DeputyForm,
    EndForm,
    MemberForm,
    access_choices,
    data_of_post,
)

__all__ = [
    "LEVELS",
    "AccessForm",
    "CooperativeForm",
    "DeputyForm",
    "EndForm",
    "LevelForm",
    "MemberForm",
    "NamesForm",
    "access_choices",
    "comuna_choices",
    "data_of",
    "data_of_post",
    "filters_from",
    "put_beside",
]
