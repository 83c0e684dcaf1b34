"""What is refused on a page is told in the language of whoever reads it."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from recobro.casework.case.models import Case
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask, begin, refuse
from recobro.office.jobs.tasks import do_next
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from recobro.runs.home import Home
from recobro.runs.inbox import inbox
from tests.runs.bank import AT
from tests.web.conftest import SignedIn
from tests.web.read import main
from tests.web.test_handovers import BOTH
from tests.web.workplace import Workplace, appoint, asked_for

pytestmark = pytest.mark.usefixtures("workplace")
LIMIT = "/settings/approvals.case-assign.alone/"
HOME_1 = 2


def reads(username: str, code: str) -> None:
    User.objects.filter(username=username).update(language=code)


def form_error(answer: Any, form: str = "form") -> str:
    """Return what stands above a form of an answer."""
    return str(answer.context[form].non_field_errors()[0])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "en",
            (
                "Some of these cases stand otherwise by now than the preview has shown; nothing "
                "was changed. Look at it again, and decide anew."
            ),
        ),
        (
            "es",
            (
                "Algunos de estos expedientes ya no están como los mostró la vista previa; no se "
                "ha cambiado nada. Vuelva a mirarla y decida de nuevo."
            ),
        ),
        ("zh", "部分案件的情况已与预览不同，未作任何更改。请重新预览后再决定。"),
    ],
)
def test_a_handover_that_was_decided_by_another_preview(
    code: str, expected: str, signed_in: SignedIn
) -> None:
    reads("risk", code)
    answer = signed_in("risk").post(BOTH, {"to": "legal", "reason": "x", "seen": "0" * 64})
    assert answer.status_code == 409
    assert expected in main(answer)
    assert {case.responsible.username for case in Case.objects.all()} == {"account_manager"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "es",
            (
                "Name of head lo pidió; no se ha cambiado nada. Lo decide otra persona, o Name of "
                "head retira la solicitud."
            ),
        ),
        ("zh", "此项由Name of head提请，未作任何更改。须由第二人审批，或由Name of head撤回。"),
    ],
)
def test_a_request_that_its_asker_decides(code: str, expected: str, signed_in: SignedIn) -> None:
    asked_for(number=3, case=HOME_1)
    reads("head", code)
    answer = signed_in("head").post("/approvals/3/decide/", {"decision": "approve"})
    assert (answer.status_code, form_error(answer)) == (409, expected)


def test_a_request_that_was_decided_meanwhile(signed_in: SignedIn) -> None:
    """The moment and the state are written as the language does."""
    made = asked_for(number=3, case=HOME_1)
    made.state, made.decided_by = "withdrawn", User.objects.get(username="head")
    made.decided_at = datetime(2026, 7, 2, 9, 5, tzinfo=UTC)
    made.save()
    for code, expected in (
        (
            "es",
            (
                "Name of head ya decidió esto el 02/07/2026 09:05 UTC (solicitud retirada); no se "
                "ha cambiado nada."
            ),
        ),
        ("zh", "Name of head已于 2026-07-02 09:05 UTC 作出决定（已撤回），未作任何更改。"),
    ):
        reads("branch_head", code)
        answer = signed_in("branch_head").post("/approvals/3/decide/", {"decision": "approve"})
        assert (answer.status_code, form_error(answer)) == (409, expected)


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        (
            "es",
            "mucho",
            (
                "«mucho» no es una divisa con un importe, como CNY 500000; no se ha cambiado nada. "
                "Escriba una por línea, o * si no hay límite."
            ),
        ),
        (
            "zh",
            "CNY 1.234",
            "CNY 的小数位为 2 位，未作任何更改。请勿填写更多小数位。",
        ),
    ],
)
def test_a_setting_that_cannot_be_read(
    code: str, value: str, expected: str, signed_in: SignedIn
) -> None:
    appoint("ada", Role.ADMINISTRATOR, "bank")
    reads("ada", code)
    answer = signed_in("ada").post(LIMIT, {"value": value, "reason": "x", "seen": 0})
    assert (answer.status_code, form_error(answer)) == (422, expected)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "es",
            (
                "Name of account_manager ya tiene el puesto «Gestor de cuentas» en Río Norte desde "
                "el 1 de enero de 2020; no se ha cambiado nada."
            ),
        ),
        (
            "zh",
            ("Name of account_manager自2020年1月1日起已在Río Norte担任“客户经理”，未作任何更改。"),
        ),
    ],
)
def test_an_appointment_to_a_post_that_is_held(
    code: str, expected: str, signed_in: SignedIn
) -> None:
    reads("administrator", code)
    told = {"role": "account_manager", "institution": "north"}
    answer = signed_in("administrator").post("/people/account_manager/posts/", told)
    assert (answer.status_code, form_error(answer, "post_form")) == (422, expected)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("es", "Ya tiene una vista «Peor»; no se ha guardado nada. Elija otro nombre."),
        ("zh", "您已有名为“Peor”的视图，未作保存。请另取名称。"),
    ],
)
def test_a_view_whose_name_is_taken(code: str, expected: str, signed_in: SignedIn) -> None:
    reads("risk", code)
    browser, view = signed_in("risk"), {"list": "cases", "name": "Peor", "query": "sort=-grade"}
    browser.post("/views/add/", view)
    answer = browser.post("/views/add/", view)
    assert (answer.status_code, expected in main(answer)) == (422, True)


def test_a_password_that_is_too_weak(signed_in: SignedIn) -> None:
    """What Django says of it comes in the language as well."""
    reads("administrator", "es")
    browser = signed_in("administrator")
    answer = browser.post("/people/account_manager/password/", {"password": "short"})
    assert (answer.status_code, form_error(answer, "password_form")) == (
        422,
        (
            "La contraseña es demasiado débil; no se ha cambiado nada. La contraseña es demasiado "
            "corta. Debe contener por lo menos 12 caracteres."
        ),
    )


@pytest.fixture
def home(workplace: Workplace, tmp_path: Path, settings: Settings) -> Home:
    """Return a home of the test's own."""
    home = Home(shutil.copytree(workplace.home, tmp_path / "home"))
    settings.HOME = home.path
    return home


def lay(home: Home) -> None:
    """Put a delivery into the inbox that is no text."""
    folder = inbox(home) / "2026-07-01 delta"
    folder.mkdir(parents=True)
    (folder / "payments.csv").write_text("loan_id,amount\n")


def test_a_job_tells_why_in_the_language_of_whoever_reads_it(
    home: Home, signed_in: SignedIn
) -> None:
    lay(home)
    browser = signed_in("head")
    assert browser.post("/jobs/load/", {"delivery": "2026-07-01 delta"}).status_code == 302
    do_next(home.path, lambda: datetime.now(tz=UTC))
    job = Job.objects.get()
    assert (job.state, job.reason) == (
        "refused",
        (
            "payments.csv has no column payment_id, which tells its rows apart. Nothing was "
            "changed. Add it, or give a mapping if it has another name."
        ),
    )
    for code, expected in (
        ("en", job.reason),
        (
            "es",
            (
                "payments.csv no tiene payment_id, que es lo que distingue sus filas. No se ha "
                "cambiado nada. Añada esa columna o, si se llama de otro modo, indique un formato."
            ),
        ),
        (
            "zh",
            (
                "payments.csv 缺少用于区分各行的列 payment_id，未作任何更改。请补上该列；"
                "如使用其他列名，请提供格式映射。"
            ),
        ),
    ):
        reads("head", code)
        for address in (f"/jobs/{job.pk}/", "/jobs/"):
            assert expected in main(browser.get(address))


def test_a_job_of_an_earlier_version_tells_why_as_it_was_told(signed_in: SignedIn) -> None:
    ask(kind="close", subject="2026-07-01", at=AT, by="head")
    job = begin(at=AT)
    assert job is not None
    refuse(job=job, reason="It was so.", at=AT)
    reads("head", "zh")
    assert "It was so." in main(signed_in("head").get(f"/jobs/{job.pk}/"))


def test_too_many_reports(signed_in: SignedIn) -> None:
    for number in range(9):
        ask(kind="report", subject=str(number), at=AT, by="head", parameters={"by": "head"})
    reads("head", "es")
    answer = signed_in("head").post("/reports/order/", {"order": "migration:html"})
    assert answer.status_code == 422
    assert "Espere a que termine alguna." in main(answer)


@pytest.mark.parametrize("code", ["es", "zh"])
def test_a_form_says_in_the_language_what_it_lacks(code: str, signed_in: SignedIn) -> None:
    reads("head", code)
    answer = signed_in("head").post("/jobs/close/", {"as_of": "never"})
    expected = {"es": "Introduzca una fecha válida.", "zh": "输入一个有效的日期。"}
    assert answer.status_code == 422
    assert expected[code] in main(answer)


@pytest.mark.parametrize(
    ("code", "title"), [("es", "Este formulario era demasiado antiguo"), ("zh", "表单已过期")]
)
def test_a_form_from_elsewhere(code: str, title: str) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"Accept-Language": code})
    answer = browser.post("/sign-in/", {"username": "head", "password": "x"})
    assert (answer.status_code, title in answer.content.decode()) == (403, True)


@pytest.mark.parametrize(
    ("code", "title"), [("es", "No se ha entendido lo enviado"), ("zh", "无法识别提交的内容")]
)
def test_what_is_no_request_of_the_pages(code: str, title: str, signed_in: SignedIn) -> None:
    """Django takes no form with more than a thousand fields."""
    reads("head", code)
    answer = signed_in("head").post("/jobs/close/", {f"n{number}": "" for number in range(1_001)})
    assert (answer.status_code, title in main(answer)) == (400, True)


def test_what_is_refused_before_anybody_is_known() -> None:
    answer = Client(headers={"host": "elsewhere.example"}).get("/sign-in/")
    assert (answer.status_code, "没有任何更改" in answer.content.decode()) == (400, True)
