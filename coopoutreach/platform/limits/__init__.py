"""How often somebody may try something: counted in the database, for all processes together."""
