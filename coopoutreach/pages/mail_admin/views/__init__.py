"""The pages of the mailroom: the messages, the queue, the addresses, the texts."""

from coopoutreach.pages.mail_admin.views import messages, queue, received, texts
from coopoutreach.pages.mail_admin.views.blueprint import bp

__all__ = ["bp", "messages", "queue", "received", "texts"]
