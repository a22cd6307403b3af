"""An office's way through sign-up (guide 001), for tests that need a part of it."""

from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_provider

TIN = "061110001"
OTHER = "836576879"
PERSON = {
    "First Name": "Nora",
    "Last Name": "Whitfield",
    "Address Line 1": "120 Elm Street",
    "Line 2": "Suite 4",
    "City": "New Haven",
    "State": "CT",
    "Zip": "06519",
    "Contact Phone": "203-555-0142",
    "Department": "Front desk",
    "Practice Name": "Elm Street Family Practice",
}
ACCOUNT = {
    "Username": "nora.w",
    "E-mail Address": "nora@elmstreet.example.org",
    "Confirm E-mail Address": "nora@elmstreet.example.org",
    "Password": "Copper-Kettle-77",
    "Confirm Password": "Copper-Kettle-77",
    "Secret Question": "What was the name of your first pet?",
    "Secret Answer": "Biscuit",
}
#: What is typed into every field to see that nothing breaks.
ODD = ['<b>O\'Brien & "Söhne"</b>', "Ñ" * 10_000, "Робертсон", "\x00'; DROP TABLE account--", "李 \u202e小龙"]
SURNAMES = ("Abbott", "Brandt", "Chen")


def add_practice(
    tin: str = TIN, count: int = 3, name: str = "Elm Street Family Practice", start: int = 0
) -> None:
    """A practice with so many providers."""
    for number in range(start, start + count):
        add_provider(
            npi=f"1{number:09}",
            tin=tin,
            practice_name=name,
            first_name=f"Dana{number}" if count > len(SURNAMES) else "Dana",
            last_name=SURNAMES[number % len(SURNAMES)],
            individual_medicaid_number=f"0081{number:05}",
            group_medicaid_number="004110001",
        )


def to_person(client: Client, query: str = "") -> Page:
    """Step 2, the license agreed to."""
    return client.get(f"/providers/signup/license-agreement{query}").submit("Agree")


def to_providers(client: Client, query: str = "") -> Page:
    """Step 3."""
    return to_person(client, query).fill(PERSON).submit("Next")


def search(page: Page, tin: str = TIN) -> Page:
    """Step 3, a Tax ID searched for."""
    return page.fill({"Provider Tax ID Number": tin}).submit("Search")


def add_all(page: Page, tin: str = TIN) -> Page:
    """Step 3, all providers of a Tax ID added."""
    page = search(page, tin).submit("Select All Providers").submit("Add Providers")
    return page.submit("Add Providers")


def to_role(client: Client) -> Page:
    """Step 4, with one Tax ID."""
    return add_all(to_providers(client)).submit("Next")


def to_account(client: Client) -> Page:
    """Step 5."""
    return to_role(client).fill({"I am a(n)": "Office Staff"}).submit("Next")


def to_verify(client: Client) -> Page:
    """Step 6."""
    return to_account(client).fill(ACCOUNT).submit("Next")
