"""What pages show of minutes, in words, and the document itself as it is read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from coopoutreach.committee.minutes import dialects
from coopoutreach.committee.minutes.models import Approval, Minutes
from coopoutreach.committee.minutes.rules import ApprovalKind, Method, State
from coopoutreach.platform.core import spanish

#: What a state is called, and the badge that it has.
STATES = {
    State.DRAFT: ("Borrador", "draft"),
    State.IN_REVIEW: ("En revisión", "in_review"),
    State.OBSERVED: ("Con observaciones", "observed"),
    State.SIGNED_OFF: ("Visada", "endorsed"),
    State.APPROVED: ("Aprobada", "approved"),
    State.PUBLISHED: ("Aprobada", "approved"),
}
#: What each state means to whoever reads the page.
MEANINGS = {
    State.DRAFT: "La secretaría la está escribiendo.",
    State.IN_REVIEW: "Las instituciones la revisan.",
    State.OBSERVED: "La secretaría responde las observaciones y la enviará de nuevo.",
    State.SIGNED_OFF: "Todas las instituciones la visaron. Falta que la aprueben.",
    State.APPROVED: "Todas las instituciones la aprobaron. Su texto no cambia más.",
    State.PUBLISHED: "Todas las instituciones la aprobaron. Su texto no cambia más.",
}
METHODS = {
    Method.SESSION: "con su cuenta",
    Method.LINK: "por su enlace personal",
    Method.UPLOAD: "con un PDF firmado",
    Method.SILENCE: "por silencio, según acordó la mesa",
}
ACTS = {ApprovalKind.SIGN_OFF: "Visó", ApprovalKind.APPROVAL: "Aprobó"}
KINDS = {"informativo": "Informativo", "decidir": "Para decidir", "seguimiento": "Seguimiento"}
MODALITIES = {"presencial": "Presencial", "online": "En línea", "hibrida": "Híbrida"}
COMMITMENT_STATES = {
    "pendiente": "Pendiente",
    "en_curso": "En curso",
    "entregado": "Entregado",
    "cumplido": "Cumplido",
    "desestimado": "Desestimado",
}


def document(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of minutes as a page shows it: its text read, days in words."""
    return {
        **content,
        "modality": MODALITIES.get(content["modality"], content["modality"]),
        "agenda": [{**one, "kind": KINDS.get(one["kind"], "")} for one in content["agenda"]],
        "parts": [
            {
                **part,
                "html": dialects.html(part["text"], written_as=content["format"]),
                "number": number,
            }
            for number, part in enumerate(content["parts"], start=1)
        ],
        "commitments": [_dated(one) for one in content["commitments"]],
        "followed": [
            {**_dated(one), "state": COMMITMENT_STATES.get(one["state"], one["state"])}
            for one in content["followed"]
        ],
    }


def _dated(one: dict[str, Any]) -> dict[str, Any]:
    due = date.fromisoformat(one["due_on"])
    return {**one, "due": f"{spanish.shortday(due)} {due.year}"}


def saved_words(at: datetime, *, now: datetime) -> str:
    """Return «Guardado 10:42 h», with its day where that is not today."""
    then = spanish.wall(at)
    day = "" if then.date() == spanish.wall(now).date() else f"el {spanish.shortday(then)}, "
    return f"Guardado {day}{spanish.clock(then)}"


@dataclass(frozen=True, slots=True)
class Word:
    """What an institution said of minutes, as a line of a list."""

    institution: str
    act: str
    who: str
    how: str
    when: str
    statement: str
    counts: bool


def words(approvals: Sequence[Approval]) -> list[Word]:
    """Return what institutions said, the latest that counts first per institution."""
    return [
        Word(
            institution=one.organisation.short_name,
            act=ACTS[one.kind],
            who=_who(one),
            how=METHODS[one.method],
            when=spanish.daytime(spanish.wall(one.at)),
            statement=one.statement,
            counts=one.void_at is None,
        )
        for one in sorted(approvals, key=lambda one: (one.void_at is not None, one.id))
    ]


def _who(one: Approval) -> str:
    parts = [one.name, one.post]
    if one.capacity and one.capacity != "titular":
        parts.append(one.capacity)
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Side:
    """How far one institution is: whether it signed off, and whether it approved."""

    name: str
    signed_off: bool
    approved: bool


def sides(parties: Collection[Any], approvals: Sequence[Approval]) -> list[Side]:
    """Return how far each institution is."""
    given = {(one.organisation_id, one.kind) for one in approvals if one.void_at is None}
    return [
        Side(
            party.short_name,
            (party.id, ApprovalKind.SIGN_OFF) in given,
            (party.id, ApprovalKind.APPROVAL) in given,
        )
        for party in parties
    ]


def timeline(minutes: Minutes) -> list[dict[str, str]]:
    """Return the way that minutes go, as the component shows it."""
    order = [State.DRAFT, State.IN_REVIEW, State.SIGNED_OFF, State.APPROVED, State.PUBLISHED]
    names = ["Borrador", "En revisión", "Visada", "Aprobada", "Publicada"]
    at = order.index(State.IN_REVIEW if minutes.state is State.OBSERVED else minutes.state)
    dates: list[datetime | None] = [
        minutes.created_at,
        minutes.review_began_at,
        None,
        minutes.approved_at,
        minutes.published_at,
    ]
    if minutes.state is State.OBSERVED:
        names[1] = "Con observaciones"
    links = []
    for index, (name, moment) in enumerate(zip(names, dates, strict=True)):
        state = "done" if index < at or minutes.state is State.PUBLISHED else "todo"
        if index == at and minutes.state is not State.PUBLISHED:
            state = "current"
        day = spanish.shortday(spanish.wall(moment)) if moment and index <= at else ""
        links.append({"label": name, "state": state, "date": day})
    return links
