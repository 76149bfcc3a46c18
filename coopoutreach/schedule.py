"""What runs when. The whole of it.

Every job finds its work in the database and claims it: it may run twice, late or never, and does
not mind. Intervals are in seconds; a daily job runs once a day, whichever worker gets there first.
A job's name is stored with what it did: it stays, wherever its function moves.
"""

from coopoutreach.calendars.feeds import jobs as feeds
from coopoutreach.committee.commitments import jobs as commitments
from coopoutreach.committee.meetings import jobs as meetings
from coopoutreach.committee.minutes import jobs as minutes
from coopoutreach.events import jobs as events
from coopoutreach.mail.incoming import jobs as inbound
from coopoutreach.mail.outgoing import jobs as messaging
from coopoutreach.people.accounts import jobs as accounts
from coopoutreach.platform.audit import jobs as audit
from coopoutreach.platform.limits import jobs as limits
from coopoutreach.platform.scheduler import jobs as scheduler
from coopoutreach.platform.scheduler.job import Job, daily, every
from coopoutreach.privacy import jobs as privacy
from coopoutreach.talks.materials import jobs as materials
from coopoutreach.talks.questions import jobs as questions
from coopoutreach.talks.registrations import jobs as registrations

JOBS = (
    Job("messaging.deliver_due", messaging.deliver_due, every(seconds=2)),
    Job("inbound.read_mailbox", inbound.read_mailbox, every(seconds=60)),
    Job("events.tell_announcements", events.tell_announcements, every(seconds=2)),
    Job("events.close_past_events", events.close_past_events, every(seconds=300)),
    Job("events.follow_tzdata", events.follow_tzdata, every(seconds=3600)),
    Job("events.follow_entry_form", events.follow_entry_form, every(seconds=3600)),
    Job("registrations.release_held_seats", registrations.release_held_seats, every(seconds=30)),
    Job("registrations.fill_free_seats", registrations.fill_free_seats, every(seconds=600)),
    Job("meetings.fill_horizons", meetings.fill_horizons, every(seconds=6 * 3600)),
    Job("meetings.tell_agenda_news", meetings.tell_agenda_news, every(seconds=10)),
    Job("minutes.typeset_approved", minutes.typeset_approved, every(seconds=5)),
    Job("minutes.publish_approved", minutes.publish_approved, every(seconds=30)),
    Job("minutes.follow_reviews", minutes.follow_reviews, daily(at="08:40")),
    Job("meetings.send_digests", meetings.send_digests, daily(at="08:30")),
    Job(
        "meetings.erase_documents_of_no_agenda",
        meetings.erase_documents_of_no_agenda,
        daily(at="03:50"),
    ),
    Job("limits.forget_old_attempts", limits.forget_old_attempts, daily(at="03:10")),
    Job("accounts.forget_held_forms", accounts.forget_held_forms, every(seconds=600)),
    Job("accounts.forget_ended_sessions", accounts.forget_ended_sessions, daily(at="03:20")),
    Job(
        "minutes.erase_papers_of_no_minutes", minutes.erase_papers_of_no_minutes, daily(at="03:52")
    ),
    Job("materials.erase_what_is_nobodys", materials.erase_what_is_nobodys, daily(at="03:50")),
    Job("commitments.remind", commitments.remind, every(seconds=3600)),
    Job("commitments.erase_what_is_nobodys", commitments.erase_what_is_nobodys, daily(at="03:55")),
    Job("feeds.expire_unused_addresses", feeds.expire_unused_addresses, daily(at="03:40")),
    Job("scheduler.forget_old_runs", scheduler.forget_old_runs, daily(at="03:30")),
    Job("scheduler.check_database", scheduler.check_database, daily(at="04:20")),
    Job("audit.verify_trail", audit.verify_trail, daily(at="04:50")),
    Job("questions.erase_needs", questions.erase_needs, daily(at="03:50")),
    Job("privacy.alert_of_deadlines", privacy.alert_of_deadlines, daily(at="08:00")),
    Job("privacy.keep_ledger", privacy.keep_ledger, every(seconds=60)),
    Job("privacy.forget_last_answers", privacy.forget_last_answers, every(seconds=600)),
    Job("privacy.purge_old_data", privacy.purge_old_data, daily(at="04:00")),
    Job("privacy.clean_up_after_erasures", privacy.clean_up_after_erasures, daily(at="04:10")),
)
