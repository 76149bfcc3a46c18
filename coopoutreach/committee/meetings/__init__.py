"""The table's meetings: their series, agendas, members, and who answered and came."""
