"""Secure messages and the files attached to them."""
