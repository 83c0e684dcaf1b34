"""The demonstration bank, made and written once for all its tests."""

import pytest

from recobro.demo.accounts import Account, Book
from recobro.demo.bank import Delivery, make_book, write


@pytest.fixture(scope="session")
def book() -> Book:
    return make_book()


@pytest.fixture(scope="session")
def accounts(book: Book) -> dict[str, Account]:
    return {account.loan.loan_id: account for account in book.accounts}


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> list[Delivery]:
    return write(tmp_path_factory.mktemp("bank") / "deliveries")
