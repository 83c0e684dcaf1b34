"""A proposed mapping is one that can be read, whatever the extract's names and cells hold."""

from recobro.intake.mapping import MappedColumn, parse
from recobro.intake.suggest import suggest
from tests.intake.conftest import Bank

HEADS = ("borrower's id", 'the "name"', "kind")


def test_odd_names(book: Bank) -> None:
    """Quotes in the names of a file and its columns, and what would end a comment in a cell."""
    folder = book.folder / "odd"
    folder.mkdir()
    first = ",".join('"' + head.replace('"', '""') + '"' for head in HEADS)
    rows = 'Cai,Cai Wen,"person\n[tables.loans]\x1b"\nDan,Dan Li,company\n'
    (folder / 'the "borrowers".csv').write_text(f"{first}\n{rows}", encoding="utf-8")
    text = suggest(folder)
    assert {*"\x1b"} & {*text} == set()
    mapping = parse(text)
    assert {*mapping.tables} == {"borrowers"}
    table = mapping.tables["borrowers"]
    assert table.source == 'the "borrowers"'
    assert table.columns == {
        "borrower_id": MappedColumn('"borrower\'s id"'),
        "kind": MappedColumn('"kind"'),
        "name": MappedColumn('"the ""name"""'),
    }
    (folder / 'the "borrowers".csv').write_text(f"{first}\nCai,Cai Wen,person\n", encoding="utf-8")
    assert book.read(folder, mapping=mapping, kind="delta") == []
    assert book.taken("borrowers", "borrower_id", "name") == [("Cai", "Cai Wen")]
