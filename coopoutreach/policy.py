"""Who may do what. The whole of it.

Each permission lists its alternatives; every predicate in one of them must hold.
A permission that is not listed is nobody's.
"""

from coopoutreach.access.guard import Policy
from coopoutreach.access.permissions import Permission
from coopoutreach.directory.predicates import (
    belongs_to,
    is_administration,
    is_coordination,
    is_counterpart,
    is_of_a_cooperative,
    manages_team,
)
from coopoutreach.registrations.predicates import registers_for

#: The federation's own people.
_STAFF = ((is_coordination,), (is_administration,))

POLICY: Policy = {
    Permission.BOARD_SEE: _STAFF,
    Permission.COMPONENTS_SEE: _STAFF,
    Permission.MESSAGE_SEE: _STAFF,
    Permission.MESSAGE_MANAGE: _STAFF,
    Permission.COUNTERPART_DESK_SEE: ((is_counterpart,),),
    Permission.COOPERATIVE_DESK_SEE: ((is_of_a_cooperative,),),
    Permission.ORGANISATION_LIST: _STAFF,
    Permission.ORGANISATION_SEE: (*_STAFF, (belongs_to,)),
    Permission.ORGANISATION_EDIT: _STAFF,
    Permission.PERSON_EDIT: _STAFF,
    Permission.TEAM_MANAGE: ((manages_team,),),
    Permission.PLAN_SEE: _STAFF,
    Permission.TALK_EDIT: _STAFF,
    Permission.MATERIAL_EDIT: _STAFF,
    Permission.REGISTRATION_LIST: _STAFF,
    Permission.REGISTRATION_EXPORT: _STAFF,
    Permission.ANSWERS_SEE: (*_STAFF, (registers_for,)),
    Permission.REGISTRATION_CORRECT: (*_STAFF, (registers_for,)),
    Permission.REGISTRATION_SEAT: _STAFF,
    Permission.ATTENDANCE_MARK: _STAFF,
    Permission.DATA_CASE_MANAGE: _STAFF,
    Permission.RETENTION_SEE: ((is_administration,),),
    Permission.USER_MANAGE: ((is_administration,),),
}
