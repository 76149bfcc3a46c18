"""Ticks: runs the schedule, one heartbeat a job. The work itself is rows in the database."""
