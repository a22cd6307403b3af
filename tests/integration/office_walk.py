"""An office's person who may read reports, and the way in; used by the tests of all that offices see."""

from tests.harness.pages import Client, Page
from webapp.domain.account import accounts
from webapp.domain.practice import practices

#: Tax IDs: of the person's practices, and of one that is not theirs.
MINE, ALSO_MINE, NOT_MINE = "061110001", "061110002", "061110003"
PASSWORD = "Sunny-2015!"


def make_account(
    username: str, *tins: str, access: str = "approved", role: str = "Office Staff"
) -> accounts.Account:
    account = accounts.create_account(
        portal="provider",
        username=username,
        password=PASSWORD,
        email=f"{username}@practice.example",
        first_name="Rosa",
        last_name="Lake",
    )
    for tin in tins:
        practices.join_practice(account, tin, role, access)
    return account


def sign_in(client: Client, username: str = "office") -> Page:
    page = client.get("/providers/login")
    return page.fill({"Username": username, "Password": PASSWORD}).submit("Login")
