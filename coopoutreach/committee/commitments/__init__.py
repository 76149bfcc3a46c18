"""What the institutions of a table owe each other: by when, how it goes, and how it ended."""
