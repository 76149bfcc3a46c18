"""The documents of a table: an acta, an extract of its decisions, the year's book."""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib import import_module
from typing import Any

from coopoutreach.committee.minutes import printing
from coopoutreach.committee.minutes.models import Approval
from coopoutreach.committee.minutes.rules import ApprovalKind, Method
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.documents import typesetting
from coopoutreach.platform.documents.errors import Failed, TooBig

_METHODS = {
    Method.SESSION: "Con su cuenta, en el sistema",
    Method.LINK: "Por un enlace personal, con confirmación",
    Method.UPLOAD: "Firmada fuera del sistema; el PDF se subió",
    Method.SILENCE: "Sin observaciones dentro del plazo, según acordó la mesa",
}
#: A year of meetings is more than one of them; its job may take its time.
BOOK = replace(typesetting.BOUNDS, data=12 * 1024**2, document=80 * 1024**2, seconds=60, wall=90.0)


@dataclass(frozen=True, slots=True)
class Signed:
    """What one institution agreed to, as its acta shows it."""

    institution: str
    kind: ApprovalKind
    name: str
    post: str
    capacity: str
    statement: str
    content_sha256: str
    at: datetime
    method: Method


@dataclass(frozen=True, slots=True)
class Bound:
    """Approved minutes as they are bound into the book of their year."""

    content: printing.Content
    approvals: Sequence[Signed]
    code: str


def signed(approvals: Iterable[Approval]) -> list[Signed]:
    """Return those approvals that count, as a document shows them."""
    return [
        Signed(
            institution=one.organisation.name,
            kind=one.kind,
            name=one.name,
            post=one.post,
            capacity=one.capacity,
            statement=one.statement,
            content_sha256=one.content_sha256,
            at=one.at,
            method=one.method,
        )
        for one in approvals
        if one.void_at is None
    ]


def verify_url(code: str) -> str:
    """Return the address of the page that confirms the hash of a PDF."""
    return settings.current().links.to(f"/actas/verificar/{code}")


def data_of(
    content: printing.Content,
    *,
    approvals: Sequence[Signed] = (),
    code: str = "",
    verify_url: str = "",
    draft: bool,
) -> dict[str, Any]:
    """Return what the documents of minutes place."""
    data = {
        **printing.body(content),
        "draft": draft,
        **_signed(approvals),
        "code": code,
        "verify_url": verify_url,
        "verify_shown": _shown(verify_url.removesuffix(f"/{code}")),
        "qr": _qr(verify_url) if verify_url else "",
    }
    spaced: dict[str, Any] = json.loads(json.dumps(printing.spaced(data)))
    return spaced


def acta(
    content: printing.Content,
    *,
    approvals: Sequence[Signed] = (),
    code: str = "",
    verify_url: str = "",
    draft: bool,
    bounds: typesetting.Bounds = typesetting.BOUNDS,
) -> bytes:
    """Return minutes as a PDF that can be archived; a draft says on each page that it is one.

    :raises TooBig: when they are too long
    :raises TooMany: when too many are being made
    :raises Failed: when it cannot be made
    """
    data = data_of(content, approvals=approvals, draft=draft, code=code, verify_url=verify_url)
    dated = _dated(content, approvals)
    return typesetting.typeset("minutes/acta", data, dated=dated, bounds=bounds)


def decisions(
    content: printing.Content,
    *,
    approvals: Sequence[Signed] = (),
    code: str = "",
    verify_url: str = "",
    draft: bool,
) -> bytes:
    """Return the decisions and commitments of minutes alone.

    :raises TooBig: when they are too long
    :raises TooMany: when too many are being made
    :raises Failed: when it cannot be made
    """
    data = data_of(content, approvals=approvals, draft=draft, code=code, verify_url=verify_url)
    return typesetting.typeset("minutes/decisions", data, dated=_dated(content, approvals))


def book(table: str, year: int, acts: Sequence[Bound]) -> bytes:
    """Return the book of the minutes of a year: an index, and each as it was approved.

    Minutes that cannot be set are left out, and the book says which they are.

    :raises TooBig: when it is too long
    :raises TooMany: when too many are being made
    :raises Failed: when it cannot be made
    """
    try:
        return _book(table, year, acts, ())
    except (Failed, TooBig):
        left_out = [one for one in acts if not _can_be_bound(table, year, one)]
        if not left_out:
            raise
        return _book(table, year, [one for one in acts if one not in left_out], left_out)


def _can_be_bound(table: str, year: int, act: Bound) -> bool:
    try:
        _book(table, year, [act], ())
    except (Failed, TooBig):
        return False
    return True


def _book(table: str, year: int, acts: Sequence[Bound], left_out: Sequence[Bound]) -> bytes:
    bound = [
        data_of(one.content, approvals=one.approvals, draft=False, code=one.code) for one in acts
    ]
    data = {
        "table": table,
        "year": str(year),
        "institutions": bound[-1]["institutions"] if bound else [],
        "acts": bound,
        "left_out": [
            {
                "label": one.content["label"],
                "day": printing.day(one.content["date"]),
                "code": one.code,
            }
            for one in left_out
        ],
    }
    dates = [_dated(one.content, one.approvals) for one in [*acts, *left_out]]
    return typesetting.typeset(
        "minutes/book", data, dated=max(dates, default=date(year, 12, 31)), bounds=BOOK
    )


def _signed(approvals: Sequence[Signed]) -> dict[str, object]:
    """Return the approvals, and those sign-offs that were not given with one."""
    approved = [one for one in approvals if one.kind is ApprovalKind.APPROVAL]
    given = {(one.institution, one.name, one.at) for one in approved}
    return {
        "approvals": [_approval(one) for one in approved],
        "sign_offs": [
            _approval(one)
            for one in approvals
            if one.kind is ApprovalKind.SIGN_OFF
            and (one.institution, one.name, one.at) not in given
        ],
    }


def _approval(one: Signed) -> dict[str, str]:
    wall = spanish.wall(one.at)
    return {
        "institution": one.institution,
        "name": one.name,
        "post": one.post,
        "capacity": printing.capacity(one.capacity),
        "statement": one.statement,
        "when": f"{wall:%d-%m-%Y}, {wall:%H:%M:%S} h (hora de Santiago)",
        "method": _METHODS[one.method],
        "sha256": one.content_sha256,
    }


def _dated(content: printing.Content, approvals: Sequence[Signed]) -> date:
    """Return the day of the last approval, or of the meeting: never the day of printing."""
    days = [spanish.wall(one.at).date() for one in approvals]
    return max(days, default=date.fromisoformat(content["date"]))


def _shown(url: str) -> str:
    return url.partition("://")[2] or url


def _qr(url: str) -> str:
    drawn = io.BytesIO()
    # Loaded late, as everything that only a document needs.
    import_module("segno").make(url, error="m", micro=False).save(
        drawn, kind="svg", border=2, nl=False
    )
    return drawn.getvalue().decode()
