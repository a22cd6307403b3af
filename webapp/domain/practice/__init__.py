"""Practices and their people: sign-up, report access, teams, registration codes."""
