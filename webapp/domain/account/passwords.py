"""Passwords and other secrets: hashing, checking, and the plan's rules for new ones."""

import hmac
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from werkzeug.security import check_password_hash

from webapp.config import PasswordRules
from webapp.domain.text import fold

#: OWASP's parameters for Argon2id: 19 MiB, two passes, one lane; about 20 ms.
TIME_COST, MEMORY_COST, PARALLELISM = 2, 19 * 1024, 1
_hasher = PasswordHasher(TIME_COST, MEMORY_COST, PARALLELISM)
_COMMON = Path(__file__).with_name("common_passwords.txt")


def hash_secret(secret: str) -> str:
    """Argon2id hash of a password, an answer or a code. Takes about 20 ms: call it outside transactions."""
    return _hasher.hash(secret)


def check_secret(hashed: str, secret: str) -> bool:
    """Whether `secret` made `hashed`: Argon2, or bcrypt or PBKDF2 of accounts loaded from an older portal."""
    try:
        if hashed.startswith("$argon2"):
            return _hasher.verify(hashed, secret)
        if hashed.startswith("$2"):
            return bcrypt.checkpw(secret.encode()[:72], hashed.encode())
        return hashed.startswith(("pbkdf2:", "scrypt:")) and check_password_hash(hashed, secret)
    except (VerificationError, InvalidHashError, ValueError):
        return False


def is_outdated(hashed: str) -> bool:
    """Whether a hash that was just checked should be made anew with today's parameters."""
    return not hashed.startswith("$argon2") or _hasher.check_needs_rehash(hashed)


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """A hash to check against when there is no such user, so that both answers take as long."""
    return hash_secret("there is no such user")


def normal_answer(answer: str) -> str:
    """A security answer as it is hashed: case, accents, spaces and punctuation never decide."""
    return fold(re.sub(r"[^\w\s]", "", answer)) or answer.strip()


def check_answer(hashed: str, typed: str) -> bool:
    """Whether `typed` answers a security question. Answers of older portals were hashed with only letter case and
    runs of spaces evened out, so that form counts too."""
    older = " ".join(unicodedata.normalize("NFKC", typed).split()).casefold()
    # No "or": both looks are made, so that a right answer takes as long as a wrong one.
    return any([check_secret(hashed, normal_answer(typed)), check_secret(hashed, older)])


def problems(password: str, rules: PasswordRules, personal: Iterable[str] = ()) -> list[str]:
    """What is wrong with a new password, as codes in a fixed order; empty when it will do.

    Codes: 'short', 'letter', 'digit', 'special', 'characters', 'common', 'personal'. `personal` are words
    that must not be in it: the username, names, the program's words (guide 000 step 3, guide 001 step 5).
    """
    found = []
    if len(password) < rules.minimum_length:
        found.append("short")
    has = {
        "letter": any(c.isalpha() for c in password),
        "digit": any(c.isdigit() for c in password),
        "special": any(c in rules.special_characters for c in password),
    }
    found += [need for need in rules.needs if not has[need]]
    if any(not c.isalnum() and c not in rules.special_characters for c in password):
        found.append("characters")
    if password.casefold() in common_passwords():
        found.append("common")
    folded = password.casefold()
    if any(len(word) >= 3 and word.casefold() in folded for word in personal):
        found.append("personal")
    return found


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Passwords that attackers try first."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
