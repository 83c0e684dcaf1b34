from recobro.reports.catalogue import REPORTS
from tests.cli.conftest import Recobro


def test_help_names_every_report(recobro: Recobro) -> None:
    told = " ".join(recobro("report", "--help").stdout.split())
    assert f"One of {', '.join(REPORTS)}." in told
