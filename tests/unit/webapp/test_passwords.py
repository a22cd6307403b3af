"""How secrets are hashed: as strongly as OWASP asks, whatever the other tests make do with."""

import pytest
from argon2 import PasswordHasher

from webapp.config import read_plan
from webapp.domain.account import passwords


def test_the_portal_hashes_with_owasps_parameters() -> None:
    strong = PasswordHasher(passwords.TIME_COST, passwords.MEMORY_COST, passwords.PARALLELISM)
    assert strong.hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_of_less_strength_is_made_anew_at_the_next_sign_in() -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=16, parallelism=2).hash("Naranja7lago")
    assert passwords.check_secret(weaker, "Naranja7lago")
    assert passwords.is_outdated(weaker)
    assert not passwords.is_outdated(passwords.hash_secret("Naranja7lago"))


@pytest.mark.parametrize(
    "typed", ["San José", "san jose", "SAN-JOSÉ", "  San   Jose ", "San Jose\u0301", "ＳＡＮ ＪＯＳÉ"]
)
def test_how_an_answer_is_written_never_decides(typed: str) -> None:
    assert passwords.check_answer(passwords.hash_secret(passwords.normal_answer("San José")), typed)


@pytest.mark.parametrize("typed", ["", "-", "Santo José", "San Jo", "San José 2"])
def test_another_answer_is_wrong(typed: str) -> None:
    assert not passwords.check_answer(passwords.hash_secret(passwords.normal_answer("San José")), typed)


def test_a_long_password_is_checked_to_its_last_letter() -> None:
    long = "ñ correct horse battery staple " * 4
    hashed = passwords.hash_secret(long)
    assert passwords.check_secret(hashed, long)
    for other in (long[:-1], f"{long}x", long.upper(), long.strip(), long.replace("ñ", "n\u0303")):
        assert not passwords.check_secret(hashed, other)


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("x" * 200 + "7!", []),
        ("Naranja7lago", []),
        ("short7!", ["short"]),
        ("password1", ["common"]),
        ("PASSWORD1", ["common"]),
        ("tvega88Forever", ["personal"]),
        ("I love HUSKY health", ["characters", "personal"]),
        ("Teresa's-secret", ["characters", "personal"]),
    ],
)
def test_a_password_is_refused_with_the_reason(password: str, wrong: list[str]) -> None:
    rules = read_plan().password_rules("member")
    personal = ("tvega88", "Teresa", "Vega", "HUSKY")
    assert passwords.problems(password, rules, personal) == wrong
