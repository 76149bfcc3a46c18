"""Shared presentation: transactions, headers, error pages, filters, kept pages. No feature."""
