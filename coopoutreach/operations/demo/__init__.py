"""The demonstration federation: invented cooperatives and a season of talks."""
