"""How a person proves who they are."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from recobro.office.people.models import User


class ByPassword(BaseBackend):
    """Know people by name and password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,  # noqa: ANN401 - other backends' proofs
    ) -> User | None:
        """Return who signs in; nobody where name or password are wrong, or the account ended."""
        del request
        if username is None or password is None:
            return None
        user = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)  # takes as long as looking at a real one
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session, while the account lasts."""
        people = User.objects.select_related("second_factor")
        return people.filter(pk=user_id, is_active=True).first()
