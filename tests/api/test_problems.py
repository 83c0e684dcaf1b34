from django.http import HttpRequest, UnreadablePostError

from recobro.api.door import api


def test_a_program_that_goes_away_while_it_sends() -> None:
    answer = api.on_exception(HttpRequest(), UnreadablePostError())
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
