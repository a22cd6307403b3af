"""Running the portal: backups, retention, what to watch, maintenance, rotation of the secret key."""
