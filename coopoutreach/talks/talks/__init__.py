"""The dissemination plan and its talks."""
