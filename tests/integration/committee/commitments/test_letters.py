"""A letter about a commitment goes out only while what it says is so, and its reader answers."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.committee.commitments import commands, queries
from coopoutreach.committee.commitments.commands import Fields, Said
from coopoutreach.committee.commitments.queries import Side
from coopoutreach.mail.outgoing.happenings import StillWanted
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory.models import Affiliation
from coopoutreach.platform.core import reactions
from tests.factories import NOW

DUE = date(2027, 4, 15)
ON_THE_DAY = datetime(2027, 4, 15, 14, 0, tzinfo=UTC)


@pytest.fixture
def reasons(session, settings):
    """Return why each letter that waits would be dropped now, by notice: empty, it goes."""

    def _reasons(now):
        session.flush()
        found = {}
        for one in session.scalars(sa.select(OutgoingMessage).order_by(OutgoingMessage.id)):
            asked = StillWanted(one.id, one.notice, one.event_id, one.invitee_id, one.person_id)
            answers = reactions.react(session, asked, now=now)
            found[one.notice.partition("/")[2]] = next((said for said in answers if said), "")
        return found

    return _reasons


def does(session, commitment, command, *arguments):
    command(session, commitment, *arguments, actor="user:1", now=ON_THE_DAY)


def test_a_reminder_goes_while_it_is_true(session, make, reasons):
    made = make(due_on=DUE)
    assert commands.remind(session, made, now=ON_THE_DAY) == 1
    assert reasons(ON_THE_DAY) == {"due_today": ""}


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (commands.deliver, (Said("Enviado."),)),
        (commands.confirm, ()),
        (commands.dismiss, ("Ya no hace falta.",)),
        (commands.extend, (DUE + timedelta(days=30), "Falta una firma.")),
    ],
)
def test_a_reminder_of_what_was_closed_or_moved_meanwhile_is_dropped(
    session, make, reasons, command, arguments
):
    made = make(due_on=DUE)
    commands.remind(session, made, now=ON_THE_DAY)
    does(session, made, command, *arguments)
    assert reasons(ON_THE_DAY)["due_today"]


def test_a_reminder_to_whom_answers_no_more_is_dropped(session, make, reasons, table):
    made = make(due_on=DUE)
    commands.remind(session, made, now=ON_THE_DAY)
    fields = Fields(
        made.action, made.party_id, made.owed_to_id, table.people[3].id, DUE, made.verification
    )
    does(session, made, commands.edit, fields)
    assert "otra persona" in reasons(ON_THE_DAY)["due_today"]


def test_the_word_of_the_other_side_is_asked_for_until_it_is_given(session, make, reasons):
    made = make(due_on=DUE)
    does(session, made, commands.deliver, Said("Enviado."))
    assert reasons(ON_THE_DAY) == {"delivered": ""}
    does(session, made, commands.give_back, "Falta el anexo.")
    assert reasons(ON_THE_DAY)["delivered"]
    assert reasons(ON_THE_DAY)["returned"] == ""


def test_another_date_is_asked_for_until_it_is_answered(session, make, reasons):
    made = make(due_on=DUE)
    does(session, made, commands.ask_extension, DUE + timedelta(days=9), "Falta una firma.")
    assert reasons(ON_THE_DAY) == {"asked": ""}
    does(session, made, commands.grant_extension)
    assert reasons(ON_THE_DAY) == {
        "asked": "lo que dice del compromiso ya no es así",
        "extended": "",
    }


class TestWhoLeft:
    """Of an institution whose people somebody is no longer of, they speak no more."""

    @pytest.fixture
    def leave(self, session):
        def _leave(person, until=date(2027, 1, 31)):
            session.execute(
                sa.update(Affiliation)
                .where(Affiliation.person_id == person.id)
                .values(until=until, since=date(2020, 1, 1))
            )

        return _leave

    def test_whoever_answered_for_it_has_an_old_link(self, session, make, table, leave, settings):
        made, marcela = make(reserved_for_id=table.corfo.id), table.people[2]
        token = queries.token_of(made, marcela.id, Side.OWING)
        assert queries.holder_of(session, token, now=ON_THE_DAY).person is marcela
        leave(marcela, until=date(2027, 4, 14))
        assert queries.holder_of(session, token, now=ON_THE_DAY) is None

    def test_on_their_last_day_they_still_answer(self, session, make, table, leave, settings):
        made, marcela = make(), table.people[2]
        leave(marcela, until=date(2027, 4, 15))
        assert queries.people_of(session, made, Side.OWING, now=ON_THE_DAY) == (marcela.id,)

    def test_the_institution_is_reminded_in_their_place(self, session, make, table, leave):
        made, (jorge, _rosa, marcela, pedro) = make(due_on=DUE), table.people
        leave(marcela)
        assert queries.people_of(session, made, Side.OWING, now=ON_THE_DAY) == (pedro.id,)
        leave(jorge)
        assert jorge.id not in queries.people_of(session, made, Side.OWED, now=ON_THE_DAY)
        assert commands.remind(session, made, now=ON_THE_DAY) == 1

    def test_one_who_never_had_a_post_stands_for_whom_they_sit(self, session, make, table):
        session.execute(sa.delete(Affiliation))
        made = make()
        assert queries.people_of(session, made, Side.OWING, now=NOW) == (table.people[2].id,)
