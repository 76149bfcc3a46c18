"""What the scheduler does with events."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.events import commands, entries, queries
from coopoutreach.platform.core import time
from coopoutreach.platform.core.batch import each, for_each, note_failure
from coopoutreach.platform.core.db import Database


def tell_announcements(database: Database, now: datetime) -> int:
    """Owe what is due to the invitees of every event: changes, cancellations, reminders.

    Each announcement apart, and each person in it: whom it could not tell is tried again.
    """
    told = 0

    def tell(announcement_id: int) -> None:
        nonlocal told
        more = True
        while more:
            with database.transaction() as session:
                batch = commands.tell_next_batch(session, announcement_id, now=now)
            told, more = told + batch.count, batch.more

    def tell_again(session: Session, announcement_id: int) -> None:
        nonlocal told
        told += commands.tell_again(session, announcement_id, now=now)

    with database.reading() as session:
        due = queries.due_announcement_ids(session, now=now)
        again = queries.announcement_ids_to_try_again(session, now=now)
    each(due, tell)
    for_each(database, again, tell_again)
    with database.reading() as session:
        untold = queries.untold_count(session)
    note_failure("announcements went past people whom they could not tell", count=untold)
    return told


def close_past_events(database: Database, now: datetime) -> int:
    """Say of every event that is over that it took place."""

    def close(session: Session, event_id: int) -> None:
        event = queries.lock_event(session, event_id)
        commands.close(session, event, actor="job:close_past_events", now=now)

    with database.reading() as session:
        past = queries.past_event_ids_to_close(session, now=now)
    return for_each(database, past, close)


def follow_tzdata(database: Database, now: datetime) -> int:
    """Recompute the moments of future events when the rules of time have changed."""
    version = time.tzdata_version()
    with database.reading() as session:
        if queries.fact(session, commands.TZDATA) == version:
            return 0
        stale = queries.event_ids_of_other_rules(session, tz_version=version, now=now)

    def recompute(session: Session, event_id: int) -> None:
        commands.recompute_time(session, event_id, now=now)

    done = for_each(database, stale, recompute)
    if done < len(stale):
        # What failed is found again at the next turn, and only what failed.
        return done
    with database.transaction() as session:
        commands.remember(session, commands.TZDATA, value=version, now=now)
    return done


def follow_entry_form(database: Database, now: datetime) -> int:
    """Write the kept entries of calendars anew when the way they are written has changed.

    It is no news to anybody: SEQUENCE and DTSTAMP stay, and no mail goes out.
    """
    form = str(entries.FORM)
    with database.reading() as session:
        if queries.fact(session, commands.ENTRY_FORM) == form:
            return 0
        shown = queries.event_ids_shown(session, now=now)

    def rewrite(session: Session, event_id: int) -> None:
        commands.rewrite_calendar_bytes(session, event_id, now=now)

    done = for_each(database, shown, rewrite)
    if done < len(shown):
        # All are looked at again at the next turn: writing one anew that was is no news.
        return done
    with database.transaction() as session:
        commands.remember(session, commands.ENTRY_FORM, value=form, now=now)
    return done
