"""What must hold of every scheduled job."""

from coopoutreach.pages.dashboards.showing import JOB_NAMES
from coopoutreach.platform.scheduler.job import Daily
from coopoutreach.schedule import JOBS

#: Chile changes its clocks at midnight: one of these hours happens twice or not at all.
CHANGING = {23, 0}


def test_every_job_runs_a_plain_function_of_a_feature():
    for job in JOBS:
        assert ".jobs" in job.run.__module__, job.name
        assert job.run.__doc__, f"{job.name} must say what it is for"


#: Runs are kept under these names: with another, a daily job would run twice on the day it moved.
STORED = {
    "accounts.forget_ended_sessions",
    "accounts.forget_held_forms",
    "audit.verify_trail",
    "commitments.erase_what_is_nobodys",
    "commitments.remind",
    "events.close_past_events",
    "events.follow_entry_form",
    "events.follow_tzdata",
    "events.tell_announcements",
    "feeds.expire_unused_addresses",
    "inbound.read_mailbox",
    "limits.forget_old_attempts",
    "materials.erase_what_is_nobodys",
    "meetings.erase_documents_of_no_agenda",
    "meetings.fill_horizons",
    "meetings.send_digests",
    "meetings.tell_agenda_news",
    "messaging.deliver_due",
    "minutes.erase_papers_of_no_minutes",
    "minutes.follow_reviews",
    "minutes.publish_approved",
    "minutes.typeset_approved",
    "privacy.alert_of_deadlines",
    "privacy.clean_up_after_erasures",
    "privacy.forget_last_answers",
    "privacy.keep_ledger",
    "privacy.purge_old_data",
    "questions.erase_needs",
    "registrations.fill_free_seats",
    "registrations.release_held_seats",
    "scheduler.check_database",
    "scheduler.forget_old_runs",
}


def test_the_names_that_databases_hold_stay():
    assert {job.name for job in JOBS} == STORED


def test_no_two_jobs_share_a_name():
    names = [job.name for job in JOBS]
    assert len(names) == len(set(names))


def test_no_job_is_set_inside_an_hour_that_a_clock_change_repeats_or_skips():
    for job in JOBS:
        if isinstance(job.when, Daily):
            assert job.when.at.hour not in CHANGING, job.name


def test_the_board_names_every_job_in_words():
    assert {job.name for job in JOBS} == set(JOB_NAMES)
