"""Checks of the source, run by `make check`."""
