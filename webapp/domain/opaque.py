"""Names for members and their pages in addresses: they mean nothing to anybody else, nor in another session."""

import hmac

from webapp.domain.account.sessions import Session


def opaque_key(client_id: str, session_hash: str) -> str:
    """A name for a member, 64 bits long. Whoever gets one looks for it among the members that the account may see."""
    return _mark(session_hash, client_id)


def seal(session: Session, text: str, about: str) -> str:
    """`text`, which says nothing of anybody's health, with a mark that only this session gives it, and only for what
    it is `about`."""
    return f"{text}-{_mark(session.token_hash, f'{about}:{text}')}"


def unseal(session: Session, sealed: str | None, about: str) -> str | None:
    """The text that this session sealed, about the same; None for anything else."""
    text = (sealed or "").rpartition("-")[0]
    good = hmac.compare_digest((sealed or "").encode(), seal(session, text, about).encode())
    return text if good else None


def _mark(session_hash: str, text: str) -> str:
    return hmac.digest(session_hash.encode(), text.encode(), "sha256").hex()[:16]
