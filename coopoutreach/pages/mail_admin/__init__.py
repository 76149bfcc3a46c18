"""The coordination's view of the mail: what waits, what failed and why, which texts it edits."""
