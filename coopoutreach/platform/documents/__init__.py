"""Text that people write, made into pages and PDFs, without trusting it."""
