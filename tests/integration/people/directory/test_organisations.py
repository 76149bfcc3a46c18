import pytest
from sqlalchemy import select

from coopoutreach.people.directory import commands, queries
from coopoutreach.people.directory.errors import (
    GroundsMissing,
    NameTaken,
    NotACooperative,
    NotAnInstitution,
    RutTaken,
)
from coopoutreach.people.directory.rules import Filters, Kind, Level, Sort, Supervisor
from coopoutreach.platform.audit.models import Entry
from tests.factories import a_cooperative, a_rut, a_user

ACTOR = "user:1"


def make(session, now, **changes):
    fields = {
        "name": "Cooperativa de Ahorro y Crédito Cobre Alto",
        "short_name": "Cobre Alto",
        "rut": a_rut(),
        "comuna": "02101",
        "supervisor": Supervisor.DAES,
    }
    return commands.create_cooperative(session, **(fields | changes), actor=ACTOR, now=now)


def trail(session, action):
    return session.scalars(select(Entry).where(Entry.action == action).order_by(Entry.id)).all()


def names(session, **filters):
    found, total = queries.cooperatives(session, Filters(**filters))
    assert total == len(found)
    return [one.short_name for one in found]


def test_a_cooperative_knows_its_region_and_is_in_the_trail(session, now):
    made = make(session, now)
    assert (made.region, made.active, made.created_at) == ("02", True, now)
    assert made.search_key == "cobre alto cooperativa de ahorro y credito cobre alto"
    session.flush()
    [entry] = trail(session, "organisation.created")
    assert (entry.thing_id, entry.actor, entry.after["rut"]) == (str(made.id), ACTOR, made.rut)


def test_a_rut_is_of_one_cooperative(session, now):
    made = make(session, now)
    with pytest.raises(RutTaken):
        make(session, now, rut=made.rut)
    other = make(session, now, short_name="Otra")
    with pytest.raises(RutTaken):
        edit(session, other, now, rut=made.rut)


def edit(session, cooperative, now, **changes):
    fields = {
        name: getattr(cooperative, name)
        for name in ("name", "short_name", "rut", "comuna", "supervisor", "email", "phone")
    }
    commands.edit_cooperative(session, cooperative, **(fields | changes), actor=ACTOR, now=now)


@pytest.mark.both_engines
def test_an_edit_tells_the_trail_what_it_changed_and_nothing_else(session, now):
    made = make(session, now)
    edit(session, made, now, comuna="05201", email="a@coop.example")
    session.flush()
    [entry] = trail(session, "organisation.edited")
    assert entry.before == {"comuna": "02101", "region": "02", "email": None}
    assert entry.after == {"comuna": "05201", "region": "05", "email": "█"}
    edit(session, made, now)
    session.flush()
    assert len(trail(session, "organisation.edited")) == 1


def test_a_level_is_set_with_grounds_and_its_history_says_who_and_why(session, now):
    user = a_user(session, name="Jorge Paillán")
    made = make(session, now)
    for level, grounds in (
        (Level.INITIAL, "Recién parte."),
        (Level.DEVELOPING, "Balance\nal día."),
    ):
        commands.set_level(session, made, level=level, grounds=grounds, actor=user.actor, now=now)
    session.flush()
    assert (made.level, made.level_grounds, made.level_set_at) == (
        Level.DEVELOPING,
        "Balance\nal día.",
        now,
    )
    latest, first = queries.level_decisions(session, made)
    assert (latest.level, latest.grounds, latest.by) == (
        Level.DEVELOPING,
        "Balance\nal día.",
        "Jorge Paillán",
    )
    assert first.level is Level.INITIAL


def test_a_level_is_not_changed_without_grounds(session, now):
    made = make(session, now)
    with pytest.raises(GroundsMissing):
        commands.set_level(session, made, level=Level.INITIAL, grounds=" \n", actor=ACTOR, now=now)
    assert made.level is None


def test_a_level_can_be_taken_back_and_setting_the_same_again_is_nothing(session, now):
    made = make(session, now)
    commands.set_level(session, made, level=Level.INITIAL, grounds="Sí.", actor=ACTOR, now=now)
    commands.set_level(session, made, level=Level.INITIAL, grounds="", actor=ACTOR, now=now)
    commands.set_level(session, made, level=None, grounds="Vencido.", actor="shell", now=now)
    session.flush()
    decisions = queries.level_decisions(session, made)
    assert [(one.level, one.by) for one in decisions] == [(None, ""), (Level.INITIAL, "")]


def test_an_institution_has_no_level(session, now):
    corfo = commands.create_institution(
        session, name="CORFO", short_name="CORFO", actor=ACTOR, now=now
    )
    with pytest.raises(NotACooperative):
        commands.set_level(session, corfo, level=None, grounds="x", actor=ACTOR, now=now)


def test_an_institution_has_units_and_a_unit_has_none(session, now):
    corfo = commands.create_institution(
        session, name="CORFO", short_name="CORFO", actor=ACTOR, now=now
    )
    unit = commands.create_unit(
        session, corfo, name="Gerencia", short_name="GIF", actor=ACTOR, now=now
    )
    assert (unit.kind, unit.parent) == (Kind.UNIT, corfo)
    assert queries.institutions(session) == [corfo]
    assert queries.units(session, [corfo.id]) == {corfo.id: [unit]}
    with pytest.raises(NotAnInstitution):
        commands.create_unit(session, unit, name="X", short_name="X", actor=ACTOR, now=now)
    commands.edit_institution(
        session, unit, name="Gerencia", short_name="Gerencia", email=None, phone=None,
        actor=ACTOR, now=now,
    )  # fmt: skip
    assert unit.short_name == "Gerencia"


def test_an_institution_is_made_once_whoever_clicks_twice(session, now):
    def make_one(parent=None):
        names = {"name": "Gerencia Única", "short_name": "GU"}
        if parent is None:
            return commands.create_institution(session, **names, actor=ACTOR, now=now)
        return commands.create_unit(session, parent, **names, actor=ACTOR, now=now)

    first = make_one()
    make_one(first)
    for parent in (None, first):
        with pytest.raises(NameTaken):
            make_one(parent)


def test_a_cooperative_that_is_closed_leaves_lists_and_choices_until_it_is_back(session, now):
    made = make(session, now)
    assert queries.cooperative_choices(session) == [(made.public_id, "Cobre Alto")]
    for _ in range(2):
        commands.deactivate(session, made, actor=ACTOR, now=now)
    session.flush()
    assert queries.cooperative_choices(session) == []
    assert names(session) == []
    assert names(session, inactive=True) == ["Cobre Alto"]
    for _ in range(2):
        commands.reactivate(session, made, actor=ACTOR, now=now)
    session.flush()
    assert names(session) == ["Cobre Alto"]
    assert len(trail(session, "organisation.deactivated")) == 1
    assert len(trail(session, "organisation.reactivated")) == 1


@pytest.mark.both_engines
def test_the_list_is_searched_without_accents_by_each_word_and_by_rut(session, now):
    make(session, now, rut="599999019")
    make(session, now, short_name="Ñandú", name="Cooperativa Ñandú del Sur", rut="599999027")
    make(session, now, short_name="100% Ahorro", name="Cooperativa 100%_Ahorro", rut="599999035")
    assert names(session, text="CRÉDITO cobre") == ["Cobre Alto"]
    assert names(session, text="ñandu") == ["Ñandú"]
    assert names(session, text="nandu") == []
    assert names(session, text="%") == ["100% Ahorro"]
    assert names(session, text="0%_") == ["100% Ahorro"]
    assert names(session, text="\\") == []
    assert names(session, text="59.999.902") == ["Ñandú"]
    assert names(session, text="59.999.902-7") == ["Ñandú"]
    assert names(session, text="100") == ["100% Ahorro"]
    assert names(session, text="- .") == []


@pytest.mark.both_engines
def test_the_list_is_narrowed_by_region_level_and_supervisor(session, now):
    a_cooperative(session, short_name="A", region="02", level=Level.INITIAL)
    a_cooperative(session, short_name="B", region="13", level=None, supervisor=Supervisor.CMF)
    assert names(session, region="02") == ["A"]
    assert names(session, level="inicial") == ["A"]
    assert names(session, level="sin_nivel") == ["B"]
    assert names(session, supervisor="CMF") == ["B"]
    assert names(session, supervisor="CMF", region="02") == []


@pytest.mark.both_engines
def test_the_list_is_sorted_by_what_is_allowed_and_regions_from_north_to_south(session, now):
    a_cooperative(session, name="Árbol", region="13", level=Level.CONSOLIDATED)
    a_cooperative(session, name="Zafiro", region="15", level=None)
    a_cooperative(session, name="Ola", region="12", level=Level.INITIAL, supervisor=Supervisor.CMF)
    assert names(session) == ["Árbol", "Ola", "Zafiro"]
    assert names(session, descending=True) == ["Zafiro", "Ola", "Árbol"]
    assert names(session, sort=Sort.REGION) == ["Zafiro", "Árbol", "Ola"]
    assert names(session, sort=Sort.LEVEL) == ["Zafiro", "Ola", "Árbol"]
    assert names(session, sort=Sort.SUPERVISOR) == ["Ola", "Árbol", "Zafiro"]


def test_a_long_list_comes_in_pages(session, now):
    for number in range(51):
        a_cooperative(session, name=f"Cooperativa {number:02}")
    found, total = queries.cooperatives(session, Filters(page=2))
    assert ([one.name for one in found], total) == (["Cooperativa 50"], 51)
