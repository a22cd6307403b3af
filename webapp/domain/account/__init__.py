"""Accounts of every portal: passwords, codes, sessions, second factor, changes, recovery."""
