"""What people fill in about series, meetings, their agendas and polls."""
