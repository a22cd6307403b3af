"""One file a report. Each holds `REPORT`."""
