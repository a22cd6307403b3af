"""Data files of the synthetic extract; README.md says where each comes from."""
