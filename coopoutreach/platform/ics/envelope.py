"""The lines that open and close every calendar object (RFC 5545, 3.4 and 3.7)."""

#: PRODID names no version: a new release must not change the bytes of every feed.
OPENING = (
    b"BEGIN:VCALENDAR\r\n"
    b"VERSION:2.0\r\n"
    b"PRODID:-//FECRECOOP//coopoutreach//ES\r\n"
    b"CALSCALE:GREGORIAN\r\n"
)

CLOSING = b"END:VCALENDAR\r\n"
