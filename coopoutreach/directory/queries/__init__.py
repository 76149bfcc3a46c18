"""Read organisations, people and posts."""

from coopoutreach.directory.queries.organisations import (
    LevelDecision,
    cooperative_by_rut,
    cooperative_choices,
    cooperatives,
    institution_by_name,
    institutions,
    level_decisions,
    organisation_by_public_id,
    units,
)
from coopoutreach.directory.queries.people import (
    Post,
    accesses_of,
    accesses_to,
    find_person_by_key,
    organisation_of_user,
    people_of,
    person_by_key,
    person_by_public_id,
    person_of_user,
    post,
    posts_of,
)

__all__ = [
    "LevelDecision",
    "Post",
    "accesses_of",
    "accesses_to",
    "cooperative_by_rut",
    "cooperative_choices",
    "cooperatives",
    "find_person_by_key",
    "institution_by_name",
    "institutions",
    "level_decisions",
    "organisation_by_public_id",
    "organisation_of_user",
    "people_of",
    "person_by_key",
    "person_by_public_id",
    "person_of_user",
    "post",
    "posts_of",
    "units",
]
