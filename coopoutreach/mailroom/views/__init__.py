"""The pages of the mailroom: the messages, the queue, the addresses, the texts."""

from coopoutreach.mailroom.views import messages, queue, received, texts
from coopoutreach.mailroom.views.blueprint import bp

__all__ = ["bp", "messages", "queue", "received", "texts"]
