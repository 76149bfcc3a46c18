"""What follows upwards: what a lower feature says happened, and which higher ones act on it.

Each line runs in the transaction of what happened. A feature calls those below it directly; this
is the only way up.
"""

from coopoutreach.calendars.feeds import reactions as feeds
from coopoutreach.committee.commitments import reactions as commitments
from coopoutreach.committee.commitments.happenings import DraftAsked, SideAsked, WordsAsked
from coopoutreach.committee.meetings import reactions as meetings
from coopoutreach.committee.meetings.happenings import MinutesAsked
from coopoutreach.committee.minutes import reactions as minutes
from coopoutreach.events import reactions as events
from coopoutreach.events.happenings import CancellationTold, InviteeDeclined, RemindersDue
from coopoutreach.mail.incoming import reactions as inbound
from coopoutreach.mail.incoming.happenings import MailBounced, ReplyReceived, WrittenBy
from coopoutreach.mail.outgoing import health as mail
from coopoutreach.mail.outgoing.happenings import DeliveryEnded, StillWanted
from coopoutreach.people.accounts import reactions as accounts
from coopoutreach.platform.core.reactions import Wiring
from coopoutreach.platform.scheduler import reactions as scheduler
from coopoutreach.platform.scheduler import standing
from coopoutreach.platform.scheduler.happenings import (
    AttentionAsked,
    FiguresAsked,
    HealthAsked,
    StopsAsked,
)
from coopoutreach.privacy import reactions as privacy
from coopoutreach.talks.consents.happenings import ConsentWithdrawn
from coopoutreach.talks.questions import reactions as questions
from coopoutreach.talks.registrations import reactions as registrations
from coopoutreach.talks.registrations.happenings import AddressCorrected
from coopoutreach.talks.talks import reactions as outreach
from coopoutreach.talks.talks.happenings import CapacityRaised, SeatRulesChanged, SeatsAsked

WIRING: Wiring = {
    ConsentWithdrawn: (questions.erase_what_needed_it,),
    StillWanted: (
        events.reason_to_drop,
        commitments.reason_to_drop,
        meetings.reason_to_drop,
        minutes.reason_to_drop,
        privacy.reason_to_drop,
    ),
    DeliveryEnded: (events.note_delivery,),
    ReplyReceived: (events.judge_reply,),
    MailBounced: (events.note_bounce,),
    WrittenBy: (events.whose_words,),
    StopsAsked: (standing.reasons,),
    HealthAsked: (mail.reasons, inbound.reasons),
    FiguresAsked: (mail.figures,),
    AttentionAsked: (
        scheduler.concerns,
        inbound.concerns,
        accounts.concerns,
        minutes.concerns,
        privacy.concerns,
    ),
    CancellationTold: (outreach.propose_instead,),
    RemindersDue: (meetings.remind_in_digest,),
    CapacityRaised: (registrations.fill_raised_capacity,),
    SeatRulesChanged: (registrations.follow_new_rules,),
    SeatsAsked: (registrations.tell_seats,),
    InviteeDeclined: (registrations.give_up_declined,),
    SideAsked: (meetings.side_of_table,),
    WordsAsked: (minutes.words_are_fixed,),
    DraftAsked: (minutes.is_in_draft,),
    MinutesAsked: (minutes.how_they_stand,),
    AddressCorrected: (feeds.revoke_of_wrong_address,),
}
