"""Who speaks for an institution: whom it, or the administration, vouched for; and for one alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.commitments.fields import Fields
from coopoutreach.committee.commitments.queries import Side, people_of
from coopoutreach.committee.meetings import commands as meetings
from coopoutreach.committee.meetings import queries as meeting_queries
from coopoutreach.committee.meetings.errors import GivesNoWord, PartyHasMembers
from coopoutreach.committee.meetings.fields import MemberFields, PartyFields, SeriesFields
from coopoutreach.committee.meetings.rules import Capacity
from coopoutreach.committee.minutes import queries as minutes
from coopoutreach.events.rules import EventState
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory import commands, notices, queries
from coopoutreach.people.directory.errors import AccessRefused, AddressGuarded, VouchRefused
from coopoutreach.people.directory.rules import Access, Member
from coopoutreach.platform.access.guard import allows
from coopoutreach.platform.access.permissions import Permission, Role
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import reactions, spanish
from coopoutreach.policy import POLICY
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.request import Contact, Registrant, Request, Within
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.wiring import WIRING
from tests.factories import a_meeting, a_person, a_post, a_table, a_talk, a_user, an_institution

ACTOR = "user:1"


@pytest.fixture(autouse=True)
def _wired(settings):
    reactions.install(WIRING)


@pytest.fixture
def table(session):
    return a_table(session)


@pytest.fixture
def coordinator(session, table):
    """Jorge, of the federation, who signs in as coordination."""
    user = a_user(session, role=Role.COORDINATION)
    table.people[0].user_id = user.id
    session.flush()
    return user


def today(now):
    return spanish.wall(now).date()


def test_who_is_vouched_for_later_than_people_of_another_institution_speaks_too(
    session, table, now
):
    """What others have been since when is nothing to them."""
    post = commands.add_member(
        session, table.corfo, Member("Isabel Vera", "isabel@corfo.example", "", "Asesora", None),
        actor=ACTOR, now=now,
    )  # fmt: skip
    commands.vouch(session, post, actor="user:9", now=now + timedelta(days=9))
    found = queries.vouched_posts_at(session, table.corfo, today=today(now))
    assert post in found
    assert [one.organisation_id for one in found] == [table.corfo.id] * len(found)


def written_down(session, table, person=None, now=None):
    """A post at CORFO as any coordinator may write it: it gives no word."""
    if person is None:
        return commands.add_member(
            session, table.corfo, Member("Mallory Soto", "mallory@x.example", "", "Asesora", None),
            actor=ACTOR, now=now,
        )  # fmt: skip
    return commands.affiliate(session, person, table.corfo, post="Asesor", actor=ACTOR, now=now)


def seat(session, table, person, *, approves=False, now):
    fields = MemberFields(person.id, table.corfo.id, Capacity.PRINCIPAL, approves=approves)
    return meetings.add_member(session, table.series, fields, actor=ACTOR, now=now)


def told(session, notice):
    rows = select(OutgoingMessage.recipient).where(OutgoingMessage.notice == notice)
    return sorted(session.scalars(rows))


def owed(session, table, meeting, *, to, reserved_for_id=None, now):
    fields = Fields(
        action="Remitir el articulado vigente",
        party_id=(table.federation if to is table.corfo else table.corfo).id,
        owed_to_id=to.id,
        person_id=None,
        due_on=today(now).replace(year=2027),
        reserved_for_id=reserved_for_id,
    )
    return commitments.make(session, meeting, fields, number_of=(2027, 1), actor=ACTOR, now=now)


class TestACoordinatorWhoGivesHerselfAPost:
    def test_speaks_for_the_federation_alone(self, session, table, coordinator, now):
        written_down(session, table, table.people[0], now=now)
        held = queries.organisations_of(session, coordinator.id, today=today(now))
        assert held == {table.federation.id}

    def test_neither_reads_nor_closes_what_is_the_other_sides(
        self, session, table, coordinator, now
    ):
        written_down(session, table, table.people[0], now=now)
        meeting = a_meeting(session, table.series)
        kept = owed(
            session, table, meeting, to=table.corfo, reserved_for_id=table.corfo.id, now=now
        )
        debt = owed(session, table, meeting, to=table.corfo, now=now)
        assert not allows(POLICY, coordinator, Permission.COMMITMENT_SEE, kept)
        assert not allows(POLICY, coordinator, Permission.COMMITMENT_CLOSE, debt)

    def test_is_vouched_for_by_nobody_there(self, session, table, coordinator, now):
        a_post(session, a_person(session), table.corfo, access=Access.COUNTERPART)
        post = written_down(session, table, table.people[0], now=now)
        with pytest.raises(VouchRefused, match="ya habla por FECRECOOP"):
            commands.vouch(session, post, actor=ACTOR, now=now)

    @pytest.mark.both_engines
    def test_nor_under_another_name_at_her_address(self, session, table, coordinator, now):
        a_post(session, a_person(session), table.corfo, access=Access.COUNTERPART)
        other = a_person(session, name="Otra Persona", email=coordinator.email)
        post = written_down(session, table, other, now=now)
        with pytest.raises(VouchRefused, match="cuenta de la federación"):
            commands.vouch(session, post, actor=ACTOR, now=now)

    def test_does_not_count_even_where_both_were_vouched_for(
        self, session, table, coordinator, now
    ):
        """As by a row that was written past the application."""
        post = written_down(session, table, table.people[0], now=now)
        post.vouched_at = now.replace(year=2027)
        session.flush()
        held = queries.organisations_of(session, coordinator.id, today=today(now))
        assert held == {table.federation.id}


class TestSomebodyWhomTheCoordinationWroteDown:
    """At an address that she reads."""

    def test_looks_at_no_minutes(self, session, table, now):
        post = written_down(session, table, now=now)
        seat(session, table, post.person, now=now)
        found = minutes.reviewers(session, a_meeting(session, table.series), now=now)
        assert post.person not in [one.person for one in found]
        assert len(found) == 4

    def test_approves_nothing(self, session, table, now):
        post = written_down(session, table, now=now)
        with pytest.raises(GivesNoWord) as refusal:
            seat(session, table, post.person, approves=True, now=now)
        assert refusal.value.field == "approves"

    def test_does_not_come_to_approve_by_an_edit_or_by_standing_in(self, session, table, now):
        post = written_down(session, table, now=now)
        member = seat(session, table, post.person, now=now)
        approving = next(one for one in table.series.members if one.person is table.people[2])
        fields = MemberFields(post.person_id, table.corfo.id, Capacity.ACTING, approves=True)
        with pytest.raises(GivesNoWord):
            meetings.edit_member(session, member, fields, actor=ACTOR, now=now)
        fields = MemberFields(
            post.person_id, table.corfo.id, Capacity.ACTING, deputy_for_id=approving.id
        )
        meetings.edit_member(session, member, fields, actor=ACTOR, now=now)
        found = minutes.reviewers(session, a_meeting(session, table.series), now=now)
        assert post.person not in [one.person for one in found]

    def test_gives_no_word_on_a_commitment(self, session, table, now):
        post = written_down(session, table, now=now)
        seat(session, table, post.person, now=now)
        for member in table.series.members:
            member.approves = False
        debt = owed(session, table, a_meeting(session, table.series), to=table.corfo, now=now)
        asked = people_of(session, debt, Side.OWED, now=now)
        assert post.person_id not in asked
        assert asked

    def test_reads_nothing_that_is_reserved(self, session, table, now):
        post = written_down(session, table, now=now)
        seat(session, table, post.person, now=now)
        meeting = a_meeting(session, table.series, state=EventState.DRAFT, published_at=None)
        meetings.convene(session, meeting, actor=ACTOR, now=now)
        for found in meeting_queries.seats(session, meeting):
            sides = meeting_queries.sides_of_seat(session, found, now=now)
            assert bool(sides) is (found.invitee.person_id != post.person_id)


class TestVouching:
    def test_the_institutions_people_are_asked_and_told(self, session, table, now):
        post = written_down(session, table, now=now)
        assert commands.ask_to_vouch(session, post, actor=ACTOR, now=now) == 2
        there = sorted(person.email for person in table.people[2:])
        assert told(session, "directory/vouch_asked") == there

        commands.vouch(session, post, actor="link:person:3", now=now)
        assert told(session, "directory/voice_changed") == sorted([*there, "mallory@x.example"])
        assert queries.vouched_posts_at(session, table.corfo, today=today(now))[0] is post
        actions = session.scalars(select(Entry.action).where(Entry.thing_kind == "affiliation"))
        assert {"affiliation.vouch_asked", "affiliation.vouched"} <= set(actions)

    def test_then_they_may_approve_and_the_institution_hears_of_it(self, session, table, now):
        post = written_down(session, table, now=now)
        commands.vouch(session, post, actor="link:person:3", now=now)
        before = len(told(session, "directory/voice_changed"))
        member = seat(session, table, post.person, approves=True, now=now)
        assert member.approves
        assert len(told(session, "directory/voice_changed")) == before + 3

    def test_of_a_new_institution_only_the_administration_can(self, session, table, now):
        for post in queries.vouched_posts_at(session, table.corfo, today=today(now)):
            commands.take_voice(session, post, actor=ACTOR, now=now)
        post = written_down(session, table, now=now)
        with pytest.raises(VouchRefused, match="administración"):
            commands.ask_to_vouch(session, post, actor=ACTOR, now=now)
        commands.vouch(session, post, actor="user:9", now=now)
        assert post.vouched_by == "user:9"

    def test_whoever_gets_the_access_of_a_counterpart_speaks(self, session, table, now):
        post = written_down(session, table, now=now)
        commands.grant_access(session, post, access=Access.COUNTERPART, actor="user:9", now=now)
        assert post.vouched_at == now

    def test_no_counterpart_comes_where_the_federations_people_speak(
        self, session, table, coordinator, now
    ):
        post = a_post(session, a_person(session), table.federation, vouched=False)
        with pytest.raises(AccessRefused, match="cuenta de la federación"):
            commands.grant_access(session, post, access=Access.COUNTERPART, actor="user:9", now=now)

    @pytest.mark.both_engines
    def test_the_end_of_a_post_is_told_to_the_institution(self, session, table, now):
        [post] = queries.posts_of(session, table.people[2], table.corfo)
        commands.end_affiliation(session, post, until=today(now), actor=ACTOR, now=now)
        assert table.people[3].email in told(session, "directory/voice_changed")

    def test_links_are_of_one_question_and_one_person(self, session, table, now):
        post = written_down(session, table, now=now)
        commands.ask_to_vouch(session, post, actor=ACTOR, now=now)
        tokens = {notices.vouch_token(post, person) for person in table.people[2:]}
        commands.ask_to_vouch(session, post, actor=ACTOR, now=now)
        assert not tokens & {notices.vouch_token(post, person) for person in table.people[2:]}


class TestTheAddressOfWhoSpeaks:
    def test_is_not_changed_in_the_directory(self, session, table, now):
        [post] = queries.posts_of(session, table.people[2], table.corfo)
        right = Member(table.people[2].name, "mallory@x.example", "", post.post, None)
        with pytest.raises(AddressGuarded):
            commands.edit_member(session, post, right, actor=ACTOR, now=now)
        telephone = Member(
            table.people[2].name, table.people[2].email, "+56987654321", "Jefa", None
        )
        commands.edit_member(session, post, telephone, actor=ACTOR, now=now)

    def test_is_not_changed_at_the_desk_of_a_talk(self, session, table, now):
        person = table.people[2]
        request = Request("k", [Registrant(person.name, person.email, Room.IN_ROOM)])
        [made] = registrations.register(
            session, a_talk(session), request, actor="anonymous", now=now
        )
        moved = registrations.correct_contact(
            session, made, Contact(person.name, "mallory@x.example"),
            within=Within.EVERYTHING, actor=ACTOR, now=now,
        )  # fmt: skip
        assert moved.person is not person
        assert person.email != "mallory@x.example"


def test_an_institution_that_was_convened_is_not_left_out_of_the_approval(session, table, now):
    a_meeting(session, table.series)
    for member in table.series.members:
        meetings.end_member(session, member, actor=ACTOR, now=now)
    other = an_institution(session, "SERCOTEC")
    fields = SeriesFields(
        name=table.series.name,
        pattern=table.series.pattern,
        weekday=1,
        ordinal=2,
        starts_on=table.series.starts_on,
        wall_time=table.series.wall_time,
        zone=table.series.zone,
        modality=table.series.modality,
        parties=(PartyFields(table.federation.id), PartyFields(other.id)),
    )
    with pytest.raises(PartyHasMembers):
        meetings.edit_series(session, table.series, fields, actor=ACTOR, now=now)
