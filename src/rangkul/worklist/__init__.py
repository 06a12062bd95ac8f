"""Perlu saya kerjakan: one list per post, overdue first."""
