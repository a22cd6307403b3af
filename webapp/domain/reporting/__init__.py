"""The stored reports as practices read, answer, explain and download them."""
