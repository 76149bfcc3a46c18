"""Every permission there is. Who holds which is in `coopoutreach/policy.py`."""

from enum import StrEnum


class Role(StrEnum):
    """What a person who signs in is to the federation."""

    ADMINISTRATION = "administration"
    COORDINATION = "coordination"
    COUNTERPART = "counterpart"
    MANAGER = "manager"
    REGISTRAR = "registrar"


class Permission(StrEnum):
    """Named `<thing>:<action>`, so that one search finds every use."""

    BOARD_SEE = "board:see"
    """See what is next, what is filling and what needs attention."""

    COUNTERPART_DESK_SEE = "counterpart-desk:see"
    """See the counterpart's home."""

    COOPERATIVE_DESK_SEE = "cooperative-desk:see"
    """See the home of one's own cooperative."""

    ORGANISATION_LIST = "organisation:list"
    """List and search cooperatives and institutions."""

    ORGANISATION_SEE = "organisation:see"
    """See one organisation, its people and their posts."""

    ORGANISATION_EDIT = "organisation:edit"
    """Create and edit organisations, set a cooperative's level."""

    PERSON_EDIT = "person:edit"
    """Create and edit people and their posts."""

    TEAM_MANAGE = "team:manage"
    """See who registers for one's cooperative, and name who stands in for them."""

    PLAN_SEE = "plan:see"
    """See the plan and its talks, drafts too."""

    TALK_EDIT = "talk:edit"
    """Write, publish, move, copy and cancel talks."""

    MATERIAL_EDIT = "material:edit"
    """Hand out files and links with a talk, and take them back."""

    MEETING_LIST = "meeting:list"
    """See which tables meet and when: all, or those where one's own institution sits."""

    MEETING_SEE = "meeting:see"
    """See one meeting of a table: its agenda, who is invited and what they answered."""

    MEETING_EDIT = "meeting:edit"
    """Plan series and meetings, write agendas, convene, mark who came."""

    AGENDA_SEE = "agenda:see"
    """See one item of an agenda and its documents."""

    AGENDA_PROPOSE = "agenda:propose"
    """Propose an item for the agenda of a meeting."""

    LOBBY_EDIT = "lobby:edit"
    """Say whether a meeting must be registered under the Ley del Lobby, and where it is."""

    MINUTES_SEE = "minutes:see"
    """Read the minutes of a meeting, and what is approved of them."""

    MINUTES_EDIT = "minutes:edit"
    """Write minutes, send them out to be looked at, answer observations, publish them."""

    MINUTES_REVIEW = "minutes:review"
    """Observe minutes, sign them off and approve them for one's institution."""

    COMMITMENT_LIST = "commitment:list"
    """See the ledger of what institutions owe each other, all of it or one's own."""

    COMMITMENT_SEE = "commitment:see"
    """See one commitment, its history and evidence."""

    COMMITMENT_EDIT = "commitment:edit"
    """Write commitments, move their dates with a reason, let one go."""

    COMMITMENT_REPORT = "commitment:report"
    """Report how a commitment goes, with evidence, and say that it is done."""

    COMMITMENT_CLOSE = "commitment:close"
    """Say, for the side that it is owed to, that it is fulfilled or not yet."""

    REGISTRATION_LIST = "registration:list"
    """See who registered for a talk, and print the list."""

    REGISTRATION_EXPORT = "registration:export"
    """Take the list of who registered away as a spreadsheet."""

    ANSWERS_SEE = "answers:see"
    """See what one person answered: all of it, or what their own cooperative may see."""

    REGISTRATION_CORRECT = "registration:correct"
    """Register, correct or remove somebody in a cooperative's name."""

    REGISTRATION_SEAT = "registration:seat"
    """Give somebody who waits a free seat by hand, past the line."""

    ATTENDANCE_MARK = "attendance:mark"
    """Mark who came."""

    MESSAGE_SEE = "message:see"
    """See the outbox and what the worker did."""

    MESSAGE_MANAGE = "message:manage"
    """Stop the queue, try or drop a message, edit the texts that may be edited."""

    DATA_CASE_MANAGE = "data-case:manage"
    """See what people ask about their data, answer it, block and erase."""

    RETENTION_SEE = "retention:see"
    """See what is purged by itself, and what would be tonight."""

    COMPONENTS_SEE = "components:see"
    """See the gallery of the design system."""

    USER_MANAGE = "user:manage"
    """Invite people who sign in, change roles, close accounts."""
