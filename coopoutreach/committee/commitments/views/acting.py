"""What a form asks to happen to a commitment: read, kept, done; for accounts and links alike."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import request
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import commands, files
from coopoutreach.committee.commitments.files import NotTaken
from coopoutreach.committee.commitments.forms import DateForm, NoteForm, ReportForm, Word, errors_of
from coopoutreach.committee.commitments.history import Said
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.files.taking import Taken

#: Opens the writing transaction, and finds the commitment that is to change inside it.
Opened = Callable[[], AbstractContextManager[tuple[Session, Commitment]]]
Errors = dict[str, str]


def report(opened: Opened, *, actor: str) -> tuple[ReportForm, Errors]:
    """Report how it goes, or with the other button that it is done; return what was wrong."""
    form = ReportForm(request.form)
    if not form.validate():
        return form, errors_of(form)
    try:
        kept = files.keep(request.files.getlist("files"))
    except NotTaken as refusal:
        return form, {"files": str(refusal)}
    said = Said(form.note.data or "", form.percent, kept)
    act = commands.deliver if request.form.get("done") else commands.report

    def do(session: Session, commitment: Commitment) -> None:
        act(session, commitment, said, actor=actor, now=utcnow())

    return form, _do(opened, do, kept=kept)


def ask_extension(opened: Opened, *, actor: str) -> tuple[DateForm, Errors]:
    """Ask for another date; return what was wrong."""
    form = DateForm(request.form)
    if not form.validate():
        return form, errors_of(form)

    def do(session: Session, commitment: Commitment) -> None:
        reason = form.reason.data
        commands.ask_extension(session, commitment, form.day, reason, actor=actor, now=utcnow())

    return form, _do(opened, do)


def extend(opened: Opened, *, actor: str) -> tuple[DateForm, Errors]:
    """Move the date; return what was wrong."""
    form = DateForm(request.form)
    if not form.validate():
        return form, errors_of(form)

    def do(session: Session, commitment: Commitment) -> None:
        reason = form.reason.data
        commands.extend(session, commitment, form.day, reason, actor=actor, now=utcnow())

    return form, _do(opened, do)


def give_word(opened: Opened, *, actor: str) -> tuple[NoteForm, Errors]:
    """Say for the side that it is owed to what the button says; return what was wrong."""
    form, said = NoteForm(request.form), request.form.get("word", "")
    if said not in set(Word):
        return form, {"": "Elija qué responde."}
    if not form.validate():
        return form, errors_of(form)
    word, note = Word(said), form.note.data or ""

    def do(session: Session, commitment: Commitment) -> None:
        if word is Word.GRANTED:
            commands.grant_extension(session, commitment, note, actor=actor, now=utcnow())
        else:
            act = {
                Word.FULFILLED: commands.confirm,
                Word.MISSING: commands.give_back,
                Word.DECLINED: commands.decline_extension,
            }[word]
            act(session, commitment, note, actor=actor, now=utcnow())

    return form, _do(opened, do)


def with_reason(opened: Opened, act: Callable[..., None], *, actor: str) -> tuple[NoteForm, Errors]:
    """Do something that needs no more than its reason; return what was wrong."""
    form = NoteForm(request.form)
    if not form.validate():
        return form, errors_of(form)

    def do(session: Session, commitment: Commitment) -> None:
        act(session, commitment, form.note.data or "", actor=actor, now=utcnow())

    return form, _do(opened, do)


def _do(
    opened: Opened, do: Callable[[Session, Commitment], None], *, kept: tuple[Taken, ...] = ()
) -> Errors:
    """Do it in the request's transaction; return beside which field a rule said no."""
    try:
        with files.unless_it_fails(kept), opened() as (session, commitment):
            do(session, commitment)
    except DomainError as refusal:
        if refusal.field is None:
            raise
        return {refusal.field: str(refusal)}
    return {}
