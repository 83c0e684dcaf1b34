import pytest

from recobro.book.models import Institution

TREE = {
    "bank": "0001",
    "east": "00010001",
    "east-1": "000100010001",
    "east-1-a": "0001000100010001",
    "east-2": "000100010002",
    "west": "00010002",
    "west-1": "000100020001",
    "tenth": "00010010",
}
"""The paths of a bank's institutions."""


@pytest.fixture
def tree(db: None) -> dict[str, Institution]:
    """Return a bank's institutions by id."""
    rows = {
        name: Institution(institution_id=name, name=name, kind="branch", path=path)
        for name, path in TREE.items()
    }
    by_path = {row.path: row for row in rows.values()}
    for row in rows.values():
        row.parent = by_path.get(row.path[:-4])
    Institution.objects.bulk_create(rows.values())
    return rows
