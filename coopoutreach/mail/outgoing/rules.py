"""What an answer of the mail server means, and how long to wait before the next try."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

#: How long one try may take in all; below the lease, so that nobody else takes the message.
ATTEMPT_SECONDS = 18.0
#: How long a message is a worker's own before another may take it.
LEASE = timedelta(seconds=60)
#: How long we go on trying, unless whoever owes the message says otherwise.
HORIZON = timedelta(hours=72)
#: A fault nobody foresaw is tried this often, then it is set aside.
MOST_FAULTS = 3

_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)
_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")

FIRST_REFUSAL = 400
CODE_TRANSIENT = range(FIRST_REFUSAL, 500)
_MAILBOX_UNAVAILABLE = 550
_CLOSING = 421
#: Answers to MAIL that speak of whoever sends: sign in first, wrong password, no service.
_ABOUT_THE_SENDER = frozenset({530, 535, 554})


class Phase(StrEnum):
    """How far a try had come: after the dot alone, the server may have taken the message."""

    CONNECT = "connect"
    BANNER = "banner"
    HELLO = "hello"
    TLS = "tls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"


#: Before any message is spoken of: what goes wrong here is about the server and us.
BEFORE_MAIL = frozenset({Phase.CONNECT, Phase.BANNER, Phase.HELLO, Phase.TLS, Phase.AUTH})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said, and when. No code: the connection broke or time ran out."""

    phase: Phase
    code: int | None
    text: str
    #: The connection cannot be trusted: a certificate, or a password without encryption.
    untrusted: bool = False


#: What a message comes to that no mail can be written to; nothing was said to the server.
UNWRITABLE = Answer(
    Phase.RCPT, 553, "5.1.3 No se puede escribir a esta dirección. Pida el correo correcto."
)


class Verdict(StrEnum):
    """What becomes of the message."""

    TAKEN = "taken"
    #: Later, with growing waits.
    RETRY = "retry"
    #: Taken or not: the connection broke after the dot. Later, with the same bytes.
    UNCERTAIN = "uncertain"
    #: The address does not exist: a person must look at it.
    NO_SUCH_ADDRESS = "no_such_address"
    #: This message will never be taken.
    FAILED = "failed"
    #: The server refuses us, whatever the message: the queue stands still.
    REFUSES_US = "refuses_us"
    #: The server cannot be reached or is busy: the queue waits a little.
    UNREACHABLE = "unreachable"


def verdict(answer: Answer) -> Verdict:
    """Return what `answer` means for the message."""
    if answer.code is None and not answer.untrusted:
        return _of_silence(answer.phase)
    transient = answer.code in CODE_TRANSIENT
    if answer.phase in BEFORE_MAIL:
        return Verdict.UNREACHABLE if transient else Verdict.REFUSES_US
    if transient:
        return Verdict.RETRY
    return Verdict.TAKEN if _took(answer) else _of_refusal(answer)


def _took(answer: Answer) -> bool:
    return answer.phase is Phase.DOT and answer.code is not None and answer.code < FIRST_REFUSAL


def _of_silence(phase: Phase) -> Verdict:
    if phase in BEFORE_MAIL:
        return Verdict.UNREACHABLE
    return Verdict.UNCERTAIN if phase is Phase.DOT else Verdict.RETRY


def _of_refusal(answer: Answer) -> Verdict:
    subject = enhanced(answer.text)
    if subject[:1] == (7,) or (answer.phase is Phase.MAIL and answer.code in _ABOUT_THE_SENDER):
        return Verdict.REFUSES_US
    if subject[:1] == (1,) and answer.phase is not Phase.MAIL:
        return Verdict.NO_SUCH_ADDRESS
    if answer.phase is Phase.RCPT and answer.code == _MAILBOX_UNAVAILABLE and not subject:
        return Verdict.NO_SUCH_ADDRESS
    return Verdict.FAILED


def enhanced(text: str) -> tuple[int, ...]:
    """Return subject and detail of an enhanced status code (RFC 3463), or nothing without one."""
    found = _ENHANCED.match(text)
    return (int(found[2]), int(found[3])) if found else ()


def closing(answer: Answer) -> bool:
    """Return whether the server is done with this connection: a fresh one may do."""
    return answer.code in (None, _CLOSING)


def wait(attempt: int, *, chance: float) -> timedelta:
    """Return how long to wait after the `attempt`-th try: doubling from 30 seconds to an hour.

    :param chance: from 0 to 1, spreads the tries over three quarters to five quarters of that
    """
    doubled = _FIRST_WAIT * (1 << min(max(attempt, 1) - 1, 12))
    return min(doubled, _LONGEST_WAIT) * (0.75 + chance / 2)


def pause(failures: int, *, refused: bool) -> timedelta:
    """Return how long the queue stands still the `failures`-th time in a row.

    A server that is away may be back any moment, and mail should flow within a minute of that;
    one that refuses us waits for a person, and must not be pestered.
    """
    first, longest = (60, 900) if refused else (5, 45)
    return timedelta(seconds=min(first << min(max(failures, 1) - 1, 8), longest))
