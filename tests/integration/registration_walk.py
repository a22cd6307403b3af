"""A member's way through registration, for tests that need a part of it."""

from datetime import date

from tests.harness.pages import Client, Page
from tests.harness.plan_rows import TODAY, add_member, add_span
from webapp.domain.member.eligibility import Member

CLIENT_ID = "001234567"
CARD = {
    "Date of Birth": "6/15/1990",
    "First Name": "Ana",
    "Last Name": "Ortiz",
    "Client ID Number": CLIENT_ID,
}
QUESTIONS = (
    "In what city were you born? (Enter full name of city only)",
    "What was the name of your first pet?",
    "What is the first name of your oldest niece?",
)
ACCOUNT = {
    "Username": "ana.ortiz",
    "Email Address": "ana@example.com",
    "Confirm Email Address": "ana@example.com",
    "Password": "Naranja7lago",
    "Confirm Password": "Naranja7lago",
    "Security Question 1": QUESTIONS[0],
    "Answer 1": "Ponce",
    "Security Question 2": QUESTIONS[1],
    "Answer 2": "Luna",
    "Security Question 3": QUESTIONS[2],
    "Answer 3": "Sofía",
}


def add_ana(**given: object) -> Member:
    """The member of CARD, covered today."""
    member = add_member(CLIENT_ID, **given)
    add_span(CLIENT_ID, date(TODAY.year - 2, 1, 1))
    return member


def to_validation(client: Client) -> Page:
    """Step 2, the license agreed to."""
    return client.get("/members/register/license-agreement").submit("Agree")


def to_account(client: Client) -> Page:
    """Step 3, the card matched."""
    return to_validation(client).fill(CARD).submit("Next")


def to_verify(client: Client) -> Page:
    """Step 4, the account chosen."""
    return to_account(client).fill(ACCOUNT).submit("Next")
