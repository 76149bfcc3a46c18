"""What must hold of every scheduled job."""

from coopoutreach.board.showing import JOB_NAMES
from coopoutreach.schedule import JOBS
from coopoutreach.scheduler.job import Daily

#: Chile changes its clocks at midnight: one of these hours happens twice or not at all.
CHANGING = {23, 0}


def test_every_job_runs_a_plain_function_of_a_feature():
    for job in JOBS:
        assert ".jobs" in job.run.__module__, job.name
        assert job.run.__doc__, f"{job.name} must say what it is for"


def test_no_two_jobs_share_a_name():
    names = [job.name for job in JOBS]
    assert len(names) == len(set(names))


def test_no_job_is_set_inside_an_hour_that_a_clock_change_repeats_or_skips():
    for job in JOBS:
        if isinstance(job.when, Daily):
            assert job.when.at.hour not in CHANGING, job.name


def test_the_board_names_every_job_in_words():
    assert {job.name for job in JOBS} == set(JOB_NAMES)
