"""Places on a talk: registering, the waiting line, promotion, attendance."""
