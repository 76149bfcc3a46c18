"""The ways in which series, meetings, agendas and polls say no."""
