"""People who sign in: passwords, links, sessions, roles."""
