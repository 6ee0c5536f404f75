"""What an address uses: its requests share the workers' time."""

from steepest.server.accounts import Accounts
from steepest.server.settings import Settings


def of(accounts: Accounts, host: str) -> object:
    return accounts.of({"type": "http", "client": (host, 4000), "headers": []})


def test_an_address_has_one_account() -> None:
    accounts = Accounts(Settings(workers=1))
    assert of(accounts, "10.0.0.1") is of(accounts, "10.0.0.1")
    assert of(accounts, "10.0.0.1") is not of(accounts, "10.0.0.2")
    assert of(accounts, "2001:db8::1") is of(accounts, "2001:db8::2")
    assert of(accounts, "2001:db8::1") is not of(accounts, "2001:db8:0:1::1")
