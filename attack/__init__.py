"""`make attack`: scanners against a portal of its own, and every finding mended or accepted with a reason."""
