"""What `make faults` kills, crowds and takes away, and what must hold meanwhile; one row of the table to a file."""
