"""Members: eligibility, registration, consents, the care that is due, coverage, the survey."""
