"""What minutes say, put as their documents place it: words for values, days, and fine spacing."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from coopoutreach.committee.commitments.rules import STATE_NAMES
from coopoutreach.committee.meetings.rules import Capacity, ItemKind, LobbyNeed
from coopoutreach.committee.minutes import dialects
from coopoutreach.events.rules import Modality
from coopoutreach.platform.core import spanish

Content = Mapping[str, Any]

_CAPACITIES = {
    Capacity.PRINCIPAL: "Titular",
    Capacity.ALTERNATE: "Suplente",
    Capacity.ACTING: "Subrogante (S)",
    Capacity.GUEST: "Invitada o invitado",
}
_MODALITIES = {
    Modality.ROOM: "Presencial",
    Modality.ONLINE: "Telemática",
    Modality.HYBRID: "Híbrida",
}
_ITEMS = {
    ItemKind.INFORMATIVE: "Informativo",
    ItemKind.TO_DECIDE: "Para decidir",
    ItemKind.FOLLOW_UP: "Seguimiento",
}
_LOBBY = {
    LobbyNeed.YES: "Debe registrarse como audiencia (Ley N° 20.730).",
    LobbyNeed.NO: "No requiere registro como audiencia (Ley N° 20.730).",
    LobbyNeed.UNKNOWN: "",
}
#: What is never parted at the end of a line: «N° 3», «10:00 h», «UF 38», «5 %», « x ».
_TIED = re.compile(r"(?<=N°) (?=\d)|(?<=\d) (?=(?:h|%)(?!\w))|(?<=\bUF) (?=\d)|(?<=«) | (?=»)")
_NO_BREAK = "\u00a0"
#: A run of characters without a space that a column may not hold, and where it may be parted.
_RUN = re.compile(r"[^\s\u200b]{40,}")
_HASH = re.compile(r"[0-9a-f]{64}")
_PIECE = re.compile(r".{20}(?=.)")


def body(content: Content) -> dict[str, object]:
    """Return what minutes say, ready for a document to place."""
    return {
        **_heading(content),
        **_people(content),
        "agenda": [
            {**item, "kind": _word(_ITEMS, item["kind"])} for item in content.get("agenda", [])
        ],
        "parts": [
            {
                "title": part["title"],
                "blocks": dialects.blocks(part["text"], written_as=content["format"]),
                "decisions": part["decisions"],
            }
            for part in content.get("parts", [])
        ],
        "decisions": content.get("decisions", []),
        **_owed(content),
        "next_meeting": content.get("next_meeting", ""),
        "annexes": content.get("annexes", []),
        "lobby": _lobby(content.get("lobby", {})),
    }


def capacity(value: str) -> str:
    """Return the word for a capacity at the table."""
    return _begun(_word(_CAPACITIES, value))


def day(iso: str) -> str:
    """Return «10-03-2026» of a date in ISO."""
    return f"{date.fromisoformat(iso):%d-%m-%Y}" if iso else ""


def spaced(value: object) -> object:
    """Return `value` with the spaces of all text in it as a printer sets them."""
    match value:
        case str():
            tied = _TIED.sub(_NO_BREAK, value)
            return _RUN.sub(_parted, tied)
        case list():
            return [spaced(inner) for inner in value]
        case dict():
            return {
                key: inner if key in {"url", "verify_url", "qr", "sha256"} else spaced(inner)
                for key, inner in value.items()
            }
        case _:
            return value


def _parted(run: re.Match[str]) -> str:
    return run[0] if _HASH.search(run[0]) else _PIECE.sub("\\g<0>\u200b", run[0])


def _heading(content: Content) -> dict[str, object]:
    on = spanish.day(date.fromisoformat(content["date"]))
    # When the meeting was, rather than when it was called for.
    when = f"{on}, {content['starts']} a {content['ends']} h"
    return {
        "table": content["table"],
        "label": content["label"],
        "type": content["type"],
        "institutions": content["institutions"],
        "day": _begun(on),
        "when": _begun(when),
        "place": content.get("place", ""),
        "modality": _word(_MODALITIES, content["modality"]),
        "rectifies": content.get("rectifies"),
    }


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _people(content: Content) -> dict[str, object]:
    present = [
        {
            **one,
            "capacity": _word(_CAPACITIES, one["capacity"]),
            "modality": _word(_MODALITIES, one["modality"]),
        }
        for one in content.get("attendance", [])
    ]
    names = [one["short_name"] for one in content["institutions"]]
    others = [one["institution"] for one in present if one["institution"] not in names]
    grouped = [
        {"institution": name, "people": [one for one in present if one["institution"] == name]}
        for name in dict.fromkeys([*names, *others])
    ]
    full = {one["short_name"]: one["name"] for one in content["institutions"]}
    return {
        "chair": content.get("chair"),
        "secretary": content.get("secretary"),
        "attendance": [
            {**group, "institution": full.get(group["institution"], group["institution"])}
            for group in grouped
            if group["people"]
        ],
        "excuses": content.get("excuses", []),
        "quorum": content.get("quorum", []),
    }


def _owed(content: Content) -> dict[str, object]:
    return {
        "commitments": [
            {**one, "due_on": day(one["due_on"])} for one in content.get("commitments", [])
        ],
        "followed": [
            {**one, "due_on": day(one["due_on"]), "state": _word(STATE_NAMES, one["state"])}
            for one in content.get("followed", [])
        ],
    }


def _lobby(lobby: Mapping[str, str]) -> str:
    sentence = _LOBBY.get(LobbyNeed(lobby.get("need", "unknown")), "")
    folio = lobby.get("folio", "")
    return f"{sentence} Folio {folio}." if sentence and folio else sentence


def _word(words: Mapping[Any, str], value: str) -> str:
    """Return the word for a value; what has none is shown as it is."""
    return {str(key): word for key, word in words.items()}.get(value, value)
