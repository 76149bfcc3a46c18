"""What people are told about what they may do for their cooperative."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.people.accounts import commands as accounts
from coopoutreach.people.accounts.models import LinkPurpose, User
from coopoutreach.people.accounts.notices import PATHS
from coopoutreach.people.directory import queries
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.platform.core import settings, spanish


def deputy_named(
    session: Session, deputy: Affiliation, user: User, *, actor: str, now: datetime
) -> None:
    """Tell a deputy for whom, since when and until when; with a link to come in if they need one.

    Who never chose a password gets one that lets them, for seven days.
    """
    links = settings.current().links
    url = links.to("/ingresar/enlace")
    if user.password_hash is None:
        secret = accounts.invite(session, user, actor=actor, now=now)
        url = links.to(PATHS[LinkPurpose.INVITATION] + secret)
    deputed = deputy.deputy_for
    context = {
        "name": deputy.person.name,
        "cooperative": deputy.organisation.name,
        "deputed": deputed.person.name if deputed else "",
        "since": spanish.day(deputy.since) if deputy.since else "",
        "until": spanish.day(deputy.until) if deputy.until else "",
        "has_password": user.password_hash is not None,
        "url": url,
    }
    letter = MailDraft(
        key=f"directory/deputy_named:{deputy.id}",
        notice="directory/deputy_named",
        to=Recipient(deputy.person.name, user.email, deputy.person_id),
        context=context,
        not_after=now + timedelta(days=7),
    )
    messaging.owe(session, letter, now=now)


def access_ended(session: Session, affiliation: Affiliation, *, now: datetime) -> None:
    """Tell somebody that they register for an organisation no more, and whose what they did is."""
    letter = MailDraft(
        key=f"directory/access_ended:{affiliation.id}",
        notice="directory/access_ended",
        to=Recipient(affiliation.person.name, affiliation.person.email, affiliation.person_id),
        context={
            "name": affiliation.person.name,
            "organisation": affiliation.organisation.name,
            "registers": affiliation.organisation.is_cooperative,
        },
    )
    messaging.owe(session, letter, now=now)


#: The purpose that the link to say who speaks for an institution is signed for.
VOUCH = "vouch"
#: How long an institution may take to answer.
_ANSWERS_WITHIN = timedelta(days=30)


def vouch_token(post: Affiliation, voucher: Person) -> str:
    """Return the token by which one of an institution's people says who speaks for it."""
    nonce = f"{post.vouch_nonce}:{voucher.id}"
    return settings.current().links.token(VOUCH, str(post.id), nonce)


def vouch_asked(session: Session, post: Affiliation, voucher: Person, *, now: datetime) -> None:
    """Ask one of an institution's people whether somebody speaks for it."""
    url = settings.current().links.to(f"/confirmaciones/{vouch_token(post, voucher)}")
    letter = MailDraft(
        key=f"directory/vouch_asked:{post.id}:{post.vouch_nonce}:{voucher.id}",
        notice="directory/vouch_asked",
        to=Recipient(voucher.name, voucher.email, voucher.id),
        context={**_about(post), "name": voucher.name, "url": url},
        not_after=now + _ANSWERS_WITHIN,
    )
    messaging.owe(session, letter, now=now)


def voice_changed(session: Session, post: Affiliation, what: str, *, now: datetime) -> None:
    """Tell an institution's people, and who it is about, that somebody speaks for it, or no more.

    `what` is `given`, `taken`, `ended` (with the post), `approves` (may approve
    minutes) or `left` (is off a table's standing list).
    """
    today = spanish.wall(now).date()
    posts = queries.vouched_posts_at(session, post.organisation, today=today)
    people = {one.person_id: one.person for one in posts} | {post.person_id: post.person}
    for person in people.values():
        letter = MailDraft(
            key=f"directory/voice_changed:{post.id}:{what}:{now.isoformat()}:{person.id}",
            notice="directory/voice_changed",
            to=Recipient(person.name, person.email, person.id),
            context={**_about(post), "name": person.name, "what": what},
        )
        messaging.owe(session, letter, now=now)


def _about(post: Affiliation) -> dict[str, object]:
    return {
        "person": post.person.name,
        "post": post.post,
        "address": post.person.email,
        "institution": post.organisation.short_name,
    }
