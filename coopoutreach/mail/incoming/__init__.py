"""Mail that comes in: answers to invitations, and word that a mail did not arrive."""
