"""Every write on series, meetings, their agendas, members and polls."""
