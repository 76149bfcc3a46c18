"""Public pages: home, talks, calendar, privacy."""
