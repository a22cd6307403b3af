"""Marks on the chain of seals, each signed with the secret key: where the chain begins once older entries were put
into an archive, and up to where earlier secret keys sealed."""

import hmac
import json
from typing import Any

from webapp.config import keys_of
from webapp.domain import facts


class Forged(Exception):
    """The mark was not made with the secret key, nor with one before it."""


def keep(name: str, said: list[Any], secret_key: str) -> None:
    """Keep a mark in place of what was there."""
    facts.keep_fact(name, json.dumps([said, _signature(name, said, str(secret_key))]))


def read(name: str, secret_key: str) -> tuple[list[Any], bool] | None:
    """What a mark says, and whether the present key signed it; None where there is none. Raises Forged."""
    kept = facts.fact(name)
    if kept is None:
        return None
    said, signature = json.loads(kept)
    for key in keys_of(secret_key):
        if hmac.compare_digest(str(signature), _signature(name, said, key)):
            return said, key == str(secret_key)
    raise Forged


def _signature(name: str, said: list[Any], key: str) -> str:
    return hmac.digest(key.encode(), json.dumps([name, said]).encode(), "sha256").hex()
