"""Bytes that people upload or that we keep: stored under names of our own."""
