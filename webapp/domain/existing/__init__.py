"""Accounts of the portals before this one, and how they are merged."""
