"""How secrets are hashed: as strongly as OWASP asks, whatever the other tests make do with."""

from argon2 import PasswordHasher

from webapp.domain.account import passwords


def test_the_portal_hashes_with_owasps_parameters() -> None:
    strong = PasswordHasher(passwords.TIME_COST, passwords.MEMORY_COST, passwords.PARALLELISM)
    assert strong.hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_of_less_strength_is_made_anew_at_the_next_sign_in() -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=16, parallelism=2).hash("Naranja7lago")
    assert passwords.check_secret(weaker, "Naranja7lago")
    assert passwords.is_outdated(weaker)
    assert not passwords.is_outdated(passwords.hash_secret("Naranja7lago"))
