"""`make bench`: each budget of docs/performance.md, measured and printed beside its limit."""
