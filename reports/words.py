"""Marks English texts for translation; whoever shows them translates them."""


def N_(text: str) -> str:
    """Return `text` unchanged. The extraction of messages looks for this name."""
    return text
