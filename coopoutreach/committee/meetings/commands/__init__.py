"""Every write on series, meetings, their agendas, members and polls."""

from coopoutreach.committee.meetings.commands.agenda import (
    accept_item,
    add_item,
    edit_item,
    move_item,
    move_to_meeting,
    propose_item,
    refuse_item,
    remove_item,
)
from coopoutreach.committee.meetings.commands.answers import (
    answer,
    settle_time_proposal,
)
from coopoutreach.committee.meetings.commands.attendance import (
    add_on_the_spot,
    mark_presence,
    set_held,
    set_lobby,
)
from coopoutreach.committee.meetings.commands.convening import (
    convene,
    invite,
    invite_member,
    uninvite,
)
from coopoutreach.committee.meetings.commands.digest import (
    send_digest,
)
from coopoutreach.committee.meetings.commands.editing import (
    cancel_meeting,
    create_meeting,
    edit_meeting,
    undo_cancellation,
)
from coopoutreach.committee.meetings.commands.files import (
    PREFIX,
    add_file,
    remove_file,
)
from coopoutreach.committee.meetings.commands.horizon import (
    fill_horizon,
)
from coopoutreach.committee.meetings.commands.leaving import leave_every_table
from coopoutreach.committee.meetings.commands.members import (
    add_member,
    edit_member,
    end_member,
    move_member,
)
from coopoutreach.committee.meetings.commands.polls import (
    answer_poll,
    choose_option,
    close_poll,
    create_poll,
)
from coopoutreach.committee.meetings.commands.series import (
    create_series,
    edit_series,
    end_series,
)
from coopoutreach.committee.meetings.commands.telling import (
    follow_agenda,
    send_agenda,
    tell_agenda_news,
)

__all__ = [
    "PREFIX",
    "accept_item",
    "add_file",
    "add_item",
    "add_member",
    "add_on_the_spot",
    "answer",
    "answer_poll",
    "cancel_meeting",
    "choose_option",
    "close_poll",
    "convene",
    "create_meeting",
    "create_poll",
    "create_series",
    "edit_item",
    "edit_meeting",
    "edit_member",
    "edit_series",
    "end_member",
    "end_series",
    "fill_horizon",
    "follow_agenda",
    "invite",
    "invite_member",
    "leave_every_table",
    "mark_presence",
    "move_item",
    "move_member",
    "move_to_meeting",
    "propose_item",
    "refuse_item",
    "remove_file",
    "remove_item",
    "send_agenda",
    "send_digest",
    "set_held",
    "set_lobby",
    "settle_time_proposal",
    "tell_agenda_news",
    "undo_cancellation",
    "uninvite",
]
