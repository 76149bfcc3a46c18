"""Who may do what. The whole of it.

Each permission lists its alternatives; every predicate in one of them must hold.
A permission that is not listed is nobody's.
"""

from coopoutreach.committee.commitments import predicates as commitments
from coopoutreach.committee.meetings import predicates as meetings
from coopoutreach.committee.minutes import predicates as minutes
from coopoutreach.people.directory.predicates import (
    belongs_to,
    is_administration,
    is_coordination,
    is_counterpart,
    is_of_a_cooperative,
    manages_team,
)
from coopoutreach.platform.access.guard import Policy
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.talks.registrations.predicates import registers_for

#: The federation's own people.
_STAFF = ((is_coordination,), (is_administration,))
#: The same, but what is reserved for another side than theirs.
_STAFF_OF_AGENDAS = tuple((*who, meetings.is_open_to) for who in _STAFF)
_STAFF_OF_MINUTES = tuple((*who, minutes.is_open_to) for who in _STAFF)
_STAFF_OF_COMMITMENTS = tuple((*who, commitments.is_open_to) for who in _STAFF)

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
    Permission.MEETING_LIST: (*_STAFF, (meetings.sits_at,)),
    Permission.MEETING_SEE: (*_STAFF, (meetings.sits_at,)),
    Permission.MEETING_EDIT: _STAFF_OF_AGENDAS,
    Permission.AGENDA_SEE: (*_STAFF_OF_AGENDAS, (meetings.sits_at, meetings.is_open_to)),
    Permission.AGENDA_PROPOSE: (*_STAFF, (meetings.sits_at,)),
    Permission.LOBBY_EDIT: (*_STAFF, (meetings.sits_at,)),
    Permission.MINUTES_SEE: (*_STAFF_OF_MINUTES, (minutes.sits_at, minutes.is_open_to)),
    Permission.MINUTES_EDIT: (*_STAFF_OF_MINUTES, (minutes.is_secretary, minutes.is_open_to)),
    Permission.MINUTES_REVIEW: (*_STAFF, (minutes.sits_at,)),
    Permission.COMMITMENT_LIST: (*_STAFF, (commitments.is_between_its_own,)),
    Permission.COMMITMENT_SEE: (
        *_STAFF_OF_COMMITMENTS,
        (commitments.is_between_its_own, commitments.is_open_to),
    ),
    Permission.COMMITMENT_EDIT: _STAFF_OF_COMMITMENTS,
    Permission.COMMITMENT_REPORT: (
        *_STAFF_OF_COMMITMENTS,
        (commitments.is_owed_by_its_own, commitments.is_open_to),
    ),
    Permission.COMMITMENT_CLOSE: ((commitments.is_owed_to_its_own, commitments.is_open_to),),
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
