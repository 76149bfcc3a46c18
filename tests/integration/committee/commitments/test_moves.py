from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.committee.commitments import commands, queries
from coopoutreach.committee.commitments.commands import Said
from coopoutreach.committee.commitments.errors import BadCommitment, NotNow, WordsAreFixed
from coopoutreach.committee.commitments.models import Evidence
from coopoutreach.committee.commitments.rules import EntryKind, Fields, State
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.rules import State as MinutesState
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.files.taking import Taken
from tests.factories import NOW, a_user

BY = {"actor": "user:1", "now": NOW}


@pytest.fixture
def commitment(make):
    return make()


def kinds(commitment):
    return [entry.kind.value for entry in commitment.entries]


def told(session):
    rows = session.execute(
        sa.select(OutgoingMessage.notice, OutgoingMessage.recipient_name).order_by(
            OutgoingMessage.id
        )
    )
    return [(notice.removeprefix("commitments/"), name) for notice, name in rows]


def approve(session, meeting):
    minutes = Minutes(
        meeting_id=meeting.id, state=MinutesState.APPROVED, created_at=NOW, created_by="test"
    )
    session.add(minutes)
    session.flush()


def fields_of(commitment, **changed):
    values = {
        name: getattr(commitment, name)
        for name in (
            "action",
            "party_id",
            "owed_to_id",
            "person_id",
            "due_on",
            "verification",
            "reserved_for_id",
        )
    }
    return Fields(**values | changed)


def a_taken(name="carta.pdf"):
    return Taken("respaldo-1", name, "application/pdf", 10, "0" * 64)


def test_a_report_sets_it_in_progress_and_keeps_note_and_files(commitment, session):
    said = Said("Falta la firma.", 60, (a_taken(),))
    commands.report(session, commitment, said, **BY)
    assert (commitment.state, commitment.progress) == (State.IN_PROGRESS, 60)
    last = commitment.entries[-1]
    assert (last.kind, last.note, last.progress) == (EntryKind.PROGRESS, "Falta la firma.", 60)
    assert [found.file_name for found in last.evidence] == ["carta.pdf"]


def test_the_same_report_twice_is_one(commitment, session):
    for _ in range(2):
        commands.report(session, commitment, Said("Va bien.", 20), **BY)
    assert kinds(commitment) == ["made", "progress"]
    commands.report(
        session, commitment, Said("Va bien.", 20), actor="user:1", now=NOW + timedelta(hours=1)
    )
    assert kinds(commitment) == ["made", "progress", "progress"]


@pytest.mark.parametrize("said", [Said(), Said("  "), Said("x", 101), Said("x", -1)])
def test_a_report_that_says_nothing_or_nonsense_is_refused(commitment, session, said):
    with pytest.raises(BadCommitment):
        commands.report(session, commitment, said, **BY)
    assert kinds(commitment) == ["made"]


@pytest.mark.both_engines
def test_it_holds_so_many_files_and_no_more(commitment, session):
    for hour in range(10):
        commands.report(
            session,
            commitment,
            Said("x", 10, tuple(a_taken() for _ in range(4))),
            actor="user:1",
            now=NOW + timedelta(hours=hour),
        )
    with pytest.raises(BadCommitment):
        commands.report(session, commitment, Said("y", 10, (a_taken(),)), **BY)


def test_delivered_it_waits_for_the_word_of_the_other_side_whose_people_are_asked(
    commitment, session
):
    commands.deliver(session, commitment, Said("Enviado."), **BY)
    assert (commitment.state, commitment.progress) == (State.DELIVERED, 100)
    assert commitment.delivered_on == date(2026, 11, 24)
    assert told(session) == [("delivered", "Jorge Paillán")]


def test_delivered_twice_it_is_delivered_once(commitment, session):
    for _ in range(2):
        commands.deliver(session, commitment, Said("Enviado."), **BY)
    assert kinds(commitment) == ["made", "delivered"]
    assert len(told(session)) == 1


def test_confirmed_it_is_over_and_nothing_more_happens_to_it(commitment, session):
    commands.deliver(session, commitment, Said(), **BY)
    for _ in range(2):
        commands.confirm(session, commitment, "Recibido.", **BY)
    assert (commitment.state, commitment.closed_at) == (State.FULFILLED, NOW)
    assert kinds(commitment) == ["made", "delivered", "fulfilled"]
    for act in (
        lambda: commands.report(session, commitment, Said("x"), **BY),
        lambda: commands.deliver(session, commitment, Said(), **BY),
        lambda: commands.extend(session, commitment, date(2027, 5, 1), "x", **BY),
        lambda: commands.dismiss(session, commitment, "x", **BY),
        lambda: commands.edit(session, commitment, fields_of(commitment, action="y"), **BY),
    ):
        with pytest.raises(NotNow):
            act()


def test_returned_it_goes_on_and_its_responsible_person_hears_what_is_missing(commitment, session):
    commands.deliver(session, commitment, Said(), **BY)
    with pytest.raises(BadCommitment):
        commands.give_back(session, commitment, "", **BY)
    commands.give_back(session, commitment, "Falta el anexo.", **BY)
    assert (commitment.state, commitment.delivered_on) == (State.IN_PROGRESS, None)
    assert told(session)[-1] == ("returned", "Marcela Ríos")


def test_what_was_confirmed_cannot_be_returned(commitment, session):
    commands.confirm(session, commitment, **BY)
    with pytest.raises(NotNow):
        commands.give_back(session, commitment, "Falta.", **BY)


def test_a_date_moves_with_a_reason_is_counted_and_both_dates_are_kept(commitment, session):
    with pytest.raises(BadCommitment):
        commands.extend(session, commitment, date(2027, 5, 3), " ", **BY)
    commands.extend(session, commitment, date(2027, 5, 3), "Cambió la ley.", **BY)
    commands.extend(session, commitment, date(2027, 5, 20), "Otra vez.", **BY)
    assert (commitment.due_on, commitment.extensions) == (date(2027, 5, 20), 2)
    assert commitment.first_due_on == date(2027, 4, 15)
    moved = [(entry.from_due_on, entry.to_due_on) for entry in commitment.entries[1:]]
    assert moved == [
        (date(2027, 4, 15), date(2027, 5, 3)),
        (date(2027, 5, 3), date(2027, 5, 20)),
    ]
    assert told(session) == [("extended", "Marcela Ríos")] * 2


def test_the_same_date_twice_moves_it_once(commitment, session):
    for _ in range(2):
        commands.extend(session, commitment, date(2027, 5, 3), "Motivo", **BY)
    assert commitment.extensions == 1


def test_a_date_that_is_past_is_refused(commitment, session):
    with pytest.raises(BadCommitment):
        commands.extend(session, commitment, date(2026, 11, 23), "Motivo", **BY)


def test_another_date_that_is_asked_for_moves_nothing_until_it_is_granted(commitment, session):
    for _ in range(2):
        commands.ask_extension(session, commitment, date(2027, 5, 3), "Vacaciones", **BY)
    assert (commitment.due_on, commitment.extensions) == (date(2027, 4, 15), 0)
    pending = queries.asked_extension(session, commitment)
    assert (pending.to_due_on, pending.note) == (date(2027, 5, 3), "Vacaciones")
    assert told(session) == [("asked", "Jorge Paillán")]
    commands.extend(session, commitment, date(2027, 5, 3), "Concedido", **BY)
    assert queries.asked_extension(session, commitment) is None


def test_a_refused_request_keeps_the_date_and_is_answered_once(commitment, session):
    commands.ask_extension(session, commitment, date(2027, 5, 3), "Vacaciones", **BY)
    commands.decline_extension(session, commitment, "Urge.", **BY)
    assert commitment.due_on == date(2027, 4, 15)
    with pytest.raises(NotNow):
        commands.decline_extension(session, commitment, "Urge.", **BY)
    assert told(session)[-1] == ("extended", "Marcela Ríos")


def test_dismissed_with_a_reason_and_taken_up_again_with_one(commitment, session):
    with pytest.raises(BadCommitment):
        commands.dismiss(session, commitment, "…", **BY)
    commands.dismiss(session, commitment, "Ya no hace falta.", **BY)
    assert commitment.state is State.DISMISSED
    commands.reopen(session, commitment, "Sí hace falta.", **BY)
    assert (commitment.state, commitment.closed_at) == (State.IN_PROGRESS, None)


def test_words_change_until_the_minutes_are_approved_and_then_only_who_answers(
    commitment, session, meeting, table
):
    commands.edit(session, commitment, fields_of(commitment, action="Otra acción"), **BY)
    assert commitment.action == "Otra acción"
    approve(session, meeting)
    for changed in (
        {"action": "Distinta"},
        {"due_on": date(2027, 6, 1)},
        {"owed_to_id": table.corfo.id},
        {"verification": "Otra"},
        {"reserved_for_id": table.corfo.id},
    ):
        with pytest.raises(WordsAreFixed):
            commands.edit(session, commitment, fields_of(commitment, **changed), **BY)
    commands.edit(session, commitment, fields_of(commitment, person_id=table.people[3].id), **BY)
    assert commitment.person.name == "Pedro Núñez"
    commands.extend(session, commitment, date(2027, 6, 1), "Con motivo", **BY)
    assert commitment.due_on == date(2027, 6, 1)


def test_a_date_corrected_before_anybody_agreed_is_no_extension(commitment, session):
    commands.edit(session, commitment, fields_of(commitment, due_on=date(2027, 4, 20)), **BY)
    assert (commitment.first_due_on, commitment.extensions) == (date(2027, 4, 20), 0)


def test_nothing_changed_leaves_no_entry(commitment, session):
    commands.edit(session, commitment, fields_of(commitment), **BY)
    assert kinds(commitment) == ["made"]


@pytest.mark.both_engines
def test_each_step_stands_in_the_trail_without_its_words(commitment, session):
    commands.report(session, commitment, Said("Canario", 10), **BY)
    commands.extend(session, commitment, date(2027, 5, 3), "Canario", **BY)
    commands.deliver(session, commitment, Said("Canario"), **BY)
    commands.give_back(session, commitment, "Canario", **BY)
    commands.dismiss(session, commitment, "Canario", **BY)
    entries = session.scalars(
        sa.select(Entry).where(Entry.thing_kind == "commitment").order_by(Entry.id)
    ).all()
    assert [entry.action.partition(".")[2] for entry in entries] == [
        "made",
        "progress",
        "extended",
        "delivered",
        "returned",
        "dismissed",
    ]
    assert "Canario" not in str([(entry.before, entry.after) for entry in entries])


def test_who_did_it_is_known_of_accounts_and_of_links(commitment, session, table):
    user = a_user(session)
    table.people[0].user_id = user.id
    session.flush()
    commands.report(session, commitment, Said("a"), actor=f"user:{user.id}", now=NOW)
    by_link = f"link:person:{table.people[2].id}"
    commands.report(session, commitment, Said("b"), actor=by_link, now=NOW)
    names = [entry.person.name for entry in commitment.entries[1:]]
    assert names == ["Jorge Paillán", "Marcela Ríos"]


@pytest.mark.both_engines
def test_a_reserved_commitment_is_told_to_its_side_alone_and_without_its_words(
    make, session, table
):
    secret = make("Canario amarillo", reserved_for_id=table.corfo.id)
    commands.deliver(session, secret, Said("Canario"), **BY)
    commands.give_back(session, secret, "Canario", **BY)
    assert told(session) == [("returned", "Marcela Ríos")]
    raw = session.scalars(sa.select(OutgoingMessage)).one()
    assert "Canario" not in f"{raw.subject} {raw.raw}"


def test_without_a_responsible_person_the_people_of_its_side_are_told(make, session):
    nobodys = make(person_id=None)
    commands.extend(session, nobodys, date(2027, 5, 3), "Motivo", **BY)
    assert told(session) == [("extended", "Marcela Ríos")]


@pytest.mark.both_engines
def test_files_that_belong_to_a_commitment_are_known(commitment, session):
    commands.report(session, commitment, Said("x", 1, (a_taken(),)), **BY)
    assert queries.stored_names(session) == {"respaldo-1"}
    assert session.scalar(sa.select(sa.func.count(Evidence.id))) == 1
