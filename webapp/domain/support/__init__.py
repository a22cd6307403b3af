"""What support staff work with: queues, people, callers, Imitate Mode, the audit log."""
