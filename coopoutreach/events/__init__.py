"""Events: wall time and zone, place, state and sequence; invitees and their answers; reminders."""
