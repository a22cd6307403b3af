"""*This wasn't me*: the link in every mail about a change, which freezes the account."""

from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeSerializer

from webapp import clock
from webapp.config import keys_of
from webapp.domain.account.accounts import Account

_WITHIN = timedelta(days=10)


@dataclass(frozen=True)
class FreezeLinks:
    """Makes and reads the links."""

    base_url: str
    secret_key: str

    def link(self, account: Account) -> str:
        """The address that freezes the account, good for ten days."""
        token = self._signer().dumps([account.id, int(clock.now().timestamp())])
        return f"{self.base_url}/account/freeze/{token}"

    def read(self, token: str) -> Account | None:
        """The account of a link; None when it is not ours, too old, or the account is gone."""
        try:
            account_id, made_at = self._signer().loads(token)
        except BadData:
            return None
        if clock.now().timestamp() - made_at > _WITHIN.total_seconds():
            return None
        return Account.get_or_none(Account.id == account_id)

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(list(reversed(keys_of(self.secret_key))), salt="freeze-account")
