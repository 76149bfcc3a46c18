"""Turn a calendar entry into iCalendar bytes. Nothing else speaks iCalendar.

An event is written once, when it changes (`event.vevent`), and its bytes are kept with it. An
invitation is those bytes with one person's lines spliced in (`invitation.invitation`); a feed is
a join of the kept bytes of many events (`feed.feed`). All of it is pure: moments are arguments.
"""
