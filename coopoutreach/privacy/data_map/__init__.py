"""Every column of every table: whose it is, what for, on what ground, how long, what erasing does.

A test walks the metadata: a column that is not declared here fails the build, and so does one that
is declared and gone.
"""

from coopoutreach.committee.commitments import models as commitments
from coopoutreach.committee.minutes import models as minutes
from coopoutreach.mail.incoming import models as inbound
from coopoutreach.platform.limits import models as limits
from coopoutreach.platform.scheduler import models as scheduler
from coopoutreach.privacy import models as cases
from coopoutreach.privacy.data_map import mail, people, records
from coopoutreach.privacy.data_map.kinds import (
    Column,
    Keep,
    Kept,
    Personal,
    Purpose,
    Put,
    Subject,
    table,
)
from coopoutreach.privacy.data_map.meetings import MEETINGS
from coopoutreach.privacy.data_map.people import NOBODY, NOWHERE
from coopoutreach.privacy.data_map.plain import PLAIN
from coopoutreach.talks.consents import models as consents
from coopoutreach.talks.materials import models as materials
from coopoutreach.talks.questions import models as questions
from coopoutreach.talks.registrations import models as registrations

#: Loaded so that their tables are there to be found by name.
MODELS = (
    cases,
    commitments,
    consents,
    inbound,
    limits,
    materials,
    minutes,
    questions,
    registrations,
    scheduler,
)

#: In the order in which they are erased: what finds its rows by others goes before those.
TABLES: tuple[Personal, ...] = (
    people.ANSWER,
    *MEETINGS,
    mail.INBOUND,
    mail.MESSAGE,
    mail.HELD_ADDRESS,
    records.FEED,
    records.SESSION,
    records.HELD_FORM,
    records.SIGN_IN_LINK,
    records.CONSENT,
    people.AFFILIATION,
    people.REGISTRATION,
    people.GROUP,
    people.INVITEE,
    records.CASE,
    mail.SUPPRESSION,
    records.MATERIAL,
    records.TEMPLATE,
    records.DECISION,
    records.ENTRY,
    records.ERASURE,
    people.SPEAKER,
    records.ACCOUNT,
    people.PERSON,
)

__all__ = [
    "NOBODY",
    "NOWHERE",
    "PLAIN",
    "TABLES",
    "Column",
    "Keep",
    "Kept",
    "Personal",
    "Purpose",
    "Put",
    "Subject",
    "table",
]
