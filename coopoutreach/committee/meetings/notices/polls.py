"""What members of a table are told about a poll for a date."""

from coopoutreach.committee.meetings.models import DatePoll, PollVoter
from coopoutreach.committee.meetings.queries.polls import LINK
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.platform.core import settings, spanish, time

#: `templates/messages/committee/meetings/date_poll/`.
NOTICE = "meetings/date_poll"


def link_of(voter: PollVoter) -> str:
    """Return the address of somebody's own answers."""
    links = settings.current().links
    token = links.token(LINK, voter.public_id, voter.nonce)
    return links.to(f"/reuniones/fechas/{token}")


def asked(poll: DatePoll, voter: PollVoter) -> MailDraft:
    """Return the letter that asks a member which dates suit them; of no use once it is closed."""
    closes = time.wall_of(poll.closes_at, poll.series.zone)
    return MailDraft(
        key=f"{NOTICE}:{voter.public_id}",
        notice=NOTICE,
        to=Recipient(voter.person.name, voter.person.email, voter.person_id),
        context={
            "name": voter.person.name,
            "title": poll.title,
            "series": poll.series.name,
            "dates": [
                f"{spanish.day(option.wall_start)}, "
                f"{spanish.span(option.wall_start, option.wall_end)}"
                for option in poll.options
            ],
            "closes": spanish.daytime(closes),
            "own_page": link_of(voter),
        },
        not_after=poll.closes_at,
    )
