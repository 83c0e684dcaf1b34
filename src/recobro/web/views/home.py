from django.http import HttpResponse
from django.views.decorators.http import require_safe

from recobro.office.people.enums import Right
from recobro.oversight.notices.queries import waiting_for
from recobro.web import stock
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.render import climb, page


@needs()
@require_safe
def home(asked: Asked) -> HttpResponse:
    """Begin with what the person's institution is about; who sees no figures is led elsewhere."""
    desk = asked.desk
    scope = desk.scope(Right.FIGURES)
    if not scope:
        return page(asked, "home_other")
    node = desk.node(Right.FIGURES)
    frame = climb(node, scope)
    if node is None or desk.close is None:
        return page(asked, "home_empty", frame)
    told = stock.told(node, desk.close, desk.closes, desk.language)
    if told["figure"]:
        told |= stock.compared(node, desk.close, desk.closes, told["figure"])
    return page(asked, "home", frame | told | {"waiting": _waiting(desk)})


def _waiting(desk: Desk) -> int:
    """Return how many notices wait for the person to sign them off."""
    signs = [post.institution for post in desk.posts if Right.SIGN_OFF in post.rights]
    return waiting_for(signs).count() if signs else 0
