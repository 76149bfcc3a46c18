"""How often somebody may try something, counted in the database so that it holds across processes."""
