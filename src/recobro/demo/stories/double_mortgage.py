"""One title secures two loans of two companies at two branches."""

from datetime import date

from recobro.demo import security
from recobro.demo.accounts import Book
from recobro.demo.conduct import keep
from recobro.demo.stories.cast import Scene
from recobro.demo.timetable import LAST_ON
from recobro.terms.codes import Guarantee

CERTIFICATE_NO = "青国用他证2023第04417号"
_SCENE = Scene(4, "QH-01-2")
_ELSEWHERE = Scene(4, "QH-08-1")

STORY = _SCENE.story(
    "double-mortgage",
    f"Two sister companies borrow at two branches, in August and in November 2025, and both"
    f" mortgage the plant with the certificate {CERTIFICATE_NO}. Both pay on time.",
    loans=2,
    households=(1, 2),
)


def tell(book: Book) -> None:
    """Lend twice against the same certificate."""
    for n, scene, name, on in (
        (1, _SCENE, "城关鑫盛建材有限公司", date(2025, 8, 12)),
        (2, _ELSEWHERE, "云岭鑫盛石材有限公司", date(2025, 11, 5)),
    ):
        account = scene.lend(
            book, n, scene.company(book, n, name), "working-capital",
            yuan=800_000, rate=495, on=on, months=12, guarantee=Guarantee.MORTGAGE,
        )  # fmt: skip
        where = (34.155, 108.31)
        security.secure(account, security.PLANT, place=where, certificate_no=CERTIFICATE_NO)
        keep(account, until=LAST_ON)
