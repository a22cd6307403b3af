"""The reports engine: a payer's claims extract in, report snapshots out. Knows nothing of the web application."""
