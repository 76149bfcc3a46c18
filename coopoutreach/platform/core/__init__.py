"""What every package may use and which knows no feature: database, clock, errors, links."""
