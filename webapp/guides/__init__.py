"""The how-to guides: a definition each, its pictures and its PDF. definition.py reads, page.py makes what is served."""
