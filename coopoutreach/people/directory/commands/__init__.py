"""Every write of the directory: organisations, people and their posts."""

from coopoutreach.people.directory.commands.access import grant_access
from coopoutreach.people.directory.commands.deputies import end_deputy, name_deputy
from coopoutreach.people.directory.commands.organisations import (
    create_cooperative,
    create_institution,
    create_unit,
    deactivate,
    edit_cooperative,
    edit_institution,
    reactivate,
    set_level,
)
from coopoutreach.people.directory.commands.people import (
    add_member,
    affiliate,
    edit_member,
    edit_person,
    edit_post,
    end_affiliation,
    find_or_create_person,
)
from coopoutreach.people.directory.commands.vouching import (
    ask_to_vouch,
    refuse_to_vouch,
    take_voice,
    vouch,
)

__all__ = [
    "add_member",
    "affiliate",
    "ask_to_vouch",
    "create_cooperative",
    "create_institution",
    "create_unit",
    "deactivate",
    "edit_cooperative",
    "edit_institution",
    "edit_member",
    "edit_person",
    "edit_post",
    "end_affiliation",
    "end_deputy",
    "find_or_create_person",
    "grant_access",
    "name_deputy",
    "reactivate",
    "refuse_to_vouch",
    "set_level",
    "take_voice",
    "vouch",
]
