"""What follows upwards: what a lower feature says happened, and which higher ones act on it.

Each line runs in the transaction of what happened. A feature calls those below it directly; this
is the only way up.
"""

from coopoutreach.core.reactions import Wiring
from coopoutreach.events import reactions as events
from coopoutreach.messaging import health as mail
from coopoutreach.messaging.happenings import DeliveryEnded, StillWanted
from coopoutreach.outreach.happenings import CapacityRaised
from coopoutreach.registrations import reactions as registrations
from coopoutreach.scheduler.happenings import FiguresAsked, HealthAsked

WIRING: Wiring = {
    StillWanted: (events.reason_to_drop,),
    DeliveryEnded: (events.note_delivery,),
    HealthAsked: (mail.reasons,),
    FiguresAsked: (mail.figures,),
    CapacityRaised: (registrations.fill_raised_capacity,),
}
