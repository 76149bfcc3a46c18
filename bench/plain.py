"""A message as the standard library's `email` package writes it: what a bare program would use.

Ours is written by hand from the same parts (`coopoutreach/mail/outgoing/mime.py`), since the
package takes longer than all the rest; a floor that used ours would be no floor but our own work.
"""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from coopoutreach.mail.outgoing.letters import Calendar
from coopoutreach.mail.outgoing.mime import Envelope, Text


def write(envelope: Envelope, text: Text, calendar: Calendar | None) -> bytes:
    """Return the message: plain text, HTML, and the invitation twice where there is one."""
    message = EmailMessage(policy=SMTP)
    message["From"] = envelope.sender
    message["To"] = f'"{envelope.name}" <{envelope.address}>'
    message["Subject"] = text.subject
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.plain)
    message.add_alternative(text.html, subtype="html")
    if calendar:
        method = calendar.method.value
        message.add_alternative(
            calendar.body,
            maintype="text",
            subtype="calendar",
            params={"charset": "UTF-8", "method": method},
        )
        message.add_attachment(
            calendar.body, maintype="application", subtype="ics", filename="invite.ics"
        )
    return message.as_bytes()
