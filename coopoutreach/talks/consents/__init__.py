"""What somebody agreed to, in which words, when, and whether it still holds."""
