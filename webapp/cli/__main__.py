"""`python -m webapp.cli`: the same as `portal`."""

from webapp.cli import main

main(prog_name="portal")
