"""An account is bound to one person of the identity provider."""

from datetime import UTC, datetime

import pytest

from recobro.book.models import Institution
from recobro.office.identity_provider import Told
from recobro.office.people.enums import Role
from recobro.office.people.models import Identity
from recobro.office.people.operations import add_user, identify
from recobro.office.people.operations.identity import IdentityOfAnother

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
ISSUER = "https://id.bank.example"


@pytest.mark.parametrize("subject", ["x" * 256, "a\0b", "a\ud800"])
def test_a_subject_that_cannot_be_kept_binds_nobody(
    subject: str, tree: dict[str, Institution]
) -> None:
    add_user(
        username="mei",
        password="seven lean cows 七",  # noqa: S106 - of nobody
        role=Role.OFFICE,
        institution_id="bank",
        at=AT,
    )
    with pytest.raises(IdentityOfAnother, match="Nobody was signed in"):
        identify(told=Told(ISSUER, subject, "mei"), at=AT)
    assert not Identity.objects.exists()
    assert identify(told=Told(ISSUER, "42", "mei"), at=AT).username == "mei"
    assert Identity.objects.get().subject == "42"
