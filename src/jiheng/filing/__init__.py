"""Filings with the performance office (art. 15, 20, 25, 36)."""
