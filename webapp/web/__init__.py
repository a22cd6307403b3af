"""What every blueprint shares of HTTP: audiences, sessions, headers, language, rendering, errors, wizards."""
