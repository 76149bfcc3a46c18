"""The plan of talks, from consent to registration."""
