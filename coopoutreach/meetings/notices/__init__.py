"""What people are told about meetings and polls, and who."""
