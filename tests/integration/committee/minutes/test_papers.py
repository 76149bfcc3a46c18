"""The PDF of approved minutes is made once, kept, and never changes; signed copies stand beside."""

import hashlib
import io
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from coopoutreach.committee.minutes import commands, jobs, pdf, queries
from coopoutreach.committee.minutes.commands import SignedUpload
from coopoutreach.committee.minutes.errors import NotNow, Unfit
from coopoutreach.committee.minutes.jobs import papers
from coopoutreach.committee.minutes.models import Minutes, SignedCopy
from coopoutreach.platform.core import settings
from coopoutreach.platform.documents.errors import Failed
from coopoutreach.platform.files import store, taking
from tests.factories import NOW
from tests.support import acta
from tests.support.acta import send_out

pytestmark = pytest.mark.usefixtures("settings")
LATER = NOW + timedelta(hours=1, seconds=5)


@pytest.fixture
def folder():
    return Path(settings.current().files_url)


@pytest.fixture
def approved(database):
    """Return the number of minutes that both sides approved."""
    with database.transaction() as session:
        return acta.approved(session).minutes.id


def of(database, minutes_id):
    with database.reading() as session:
        minutes = session.get_one(Minutes, minutes_id)
        return minutes.pdf_stored_as, minutes.pdf_sha256, minutes.pdf_size


def kept(folder):
    return [path.name for path in folder.glob(f"{commands.PREFIX}*")]


def test_the_pdf_of_approved_minutes_is_made_once_with_its_hash(database, approved, folder):
    assert jobs.typeset_approved(database, LATER) == 1
    name, sha256, size = of(database, approved)
    document = store.read(folder, name)
    assert document.startswith(b"%PDF")
    assert (hashlib.sha256(document).hexdigest(), len(document)) == (sha256, size)
    assert jobs.typeset_approved(database, LATER) == 0
    assert of(database, approved) == (name, sha256, size)
    assert kept(folder) == [name]


def test_minutes_that_are_not_approved_get_no_pdf(database, folder):
    with database.transaction() as session:
        one = acta.an_acta(session)
        send_out(session, one.minutes, actor=acta.SECRETARY, now=NOW)
    assert jobs.typeset_approved(database, LATER) == 0
    assert kept(folder) == []


def test_two_workers_at_once_keep_one_pdf(database, approved, folder, monkeypatch):
    both_made = threading.Barrier(2, timeout=30)
    save = store.save_stream

    def saved(*arguments, **options):
        stored = save(*arguments, **options)
        both_made.wait()
        return stored

    monkeypatch.setattr(store, "save_stream", saved)
    done = []
    workers = [
        threading.Thread(target=lambda: done.append(jobs.typeset_approved(database, LATER)))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [0, 1]
    assert kept(folder) == [of(database, approved)[0]]


def test_what_cannot_be_made_is_set_aside_and_tried_again_later_less_often(
    database, approved, folder, monkeypatch
):
    tries = []

    def failing(*_arguments, **_options):
        tries.append(1)
        raise Failed

    monkeypatch.setattr(pdf, "acta", failing)
    for seconds in range(0, 7200, papers.INTERVAL):
        jobs.typeset_approved(database, LATER + timedelta(seconds=seconds))
    # Each time in the first ten minutes, and twice in each of the two hours after them.
    assert 110 <= len(tries) <= 125
    assert of(database, approved)[0] == ""
    monkeypatch.undo()
    assert jobs.typeset_approved(database, LATER + timedelta(hours=3)) == 1


def test_a_crash_between_writing_and_keeping_leaves_no_half_and_the_bytes_are_erased_later(
    database, approved, folder, monkeypatch
):
    def killed(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "keep_pdf", killed)
    monkeypatch.setattr(papers.store, "erase", lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        jobs.typeset_approved(database, LATER)
    assert len(kept(folder)) == 1
    assert of(database, approved) == ("", "", 0)
    monkeypatch.undo()
    assert jobs.typeset_approved(database, LATER) == 1
    used = of(database, approved)[0]
    far = NOW + timedelta(days=36_500)
    assert jobs.erase_papers_of_no_minutes(database, far) == 1
    assert kept(folder) == [used]


def test_a_kept_pdf_is_never_replaced(database, approved):
    jobs.typeset_approved(database, LATER)
    before = of(database, approved)
    other = store.Stored("minutes-otro", 1, "0" * 64)
    with database.transaction() as session:
        assert not commands.keep_pdf(session, approved, other, actor="job:minutes", now=LATER)
    assert of(database, approved) == before


def test_a_pdf_is_kept_for_no_minutes_that_may_still_change(session):
    one = acta.an_acta(session)
    stored = store.Stored("minutes-x", 1, "0" * 64)
    assert not commands.keep_pdf(session, one.minutes.id, stored, actor="job:minutes", now=NOW)


def a_pdf(words=b"firmado"):
    return taking.take(
        io.BytesIO(b"%PDF-1.7\n" + words), "acta firmada.pdf", prefix=commands.PREFIX
    )


def keep(session, minutes, words=b"firmado", **more):
    upload = SignedUpload(a_pdf(words), more.pop("organisation_id", None), more.pop("note", ""))
    return commands.keep_signed_copy(session, minutes, upload, actor="user:1", now=LATER)


def test_a_signed_copy_is_kept_as_it_came_and_changes_nothing_of_the_minutes(session):
    one = acta.approved(session)
    before = (one.minutes.state, one.minutes.content_sha256, one.minutes.pdf_sha256)
    copy = keep(session, one.minutes, note="Firma electrónica avanzada de CORFO")
    assert copy.sha256 == hashlib.sha256(b"%PDF-1.7\nfirmado").hexdigest()
    assert (one.minutes.state, one.minutes.content_sha256, one.minutes.pdf_sha256) == before
    assert [found.id for found in queries.signed_copies(session, one.minutes)] == [copy.id]


def test_a_draft_takes_no_signed_copy_and_the_same_file_is_taken_once(session):
    with pytest.raises(NotNow):
        keep(session, acta.an_acta(session).minutes)
    one = acta.approved(session)
    keep(session, one.minutes)
    with pytest.raises(Unfit):
        keep(session, one.minutes)
    keep(session, one.minutes, b"otra")
    assert len(session.scalars(select(SignedCopy)).all()) == 2


def test_minutes_are_found_by_the_hash_of_their_pdf_and_of_a_signed_copy(session):
    one = acta.approved(session)
    stored = store.Stored("minutes-x", 1, "a" * 64)
    commands.keep_pdf(session, one.minutes.id, stored, actor="job:minutes", now=LATER)
    copy = keep(session, one.minutes)
    assert queries.of_hash(session, "a" * 64).id == one.minutes.id
    assert queries.of_hash(session, copy.sha256).id == one.minutes.id
    assert queries.of_hash(session, "b" * 64) is None


def test_the_book_of_a_year_has_the_newest_approved_version_of_each_meeting(session):
    one = acta.approved(session)
    series = one.table.series.id
    commands.rectify(session, one.minutes, "Corrige la sede.", actor="user:1", now=LATER)
    assert [m.version for m in queries.approved_of_year(session, series, 2027)] == [1]
    assert queries.approved_of_year(session, series, 2026) == []
    assert queries.latest_locked(session, one.meeting.id).version == 1
