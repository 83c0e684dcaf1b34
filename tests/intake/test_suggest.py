"""A proposed mapping is one that can be read, whatever the extract's names and cells hold."""

from pathlib import Path

import pytest

from recobro.intake.mapping import MappedColumn, parse
from recobro.intake.profile import profiles
from recobro.intake.suggest import suggest
from tests.intake.conftest import Bank

HEADS = ("borrower's id", 'the "name"', "kind")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "gb18030", "utf-8", "utf-8-sig"])
def test_names_in_other_letters(book: Bank, encoding: str) -> None:
    """A file in Western letters is read as one, and the proposal declares it; Chinese needs not."""
    chinese = encoding == "gb18030"
    head = "编号,名称,类别" if chinese else "Número,Prénom,Straße"
    name = "王小明" if chinese else "José Muñoz"
    folder = book.folder / "western"
    folder.mkdir()
    (folder / "borrowers.csv").write_bytes(f"{head}\nCai,{name},person\n".encode(encoding))
    told = [profile.header for profile in profiles(folder)["borrowers"]]
    assert told == head.lower().split(",")
    text = suggest(folder)
    declared = parse(
        text.partition("[tables")[0]
        + "[tables.borrowers]\nfrom = 'borrowers'\n[tables.borrowers.columns]\n"
        + "\n".join(
            f"{ours} = '{theirs}'"
            for ours, theirs in zip(("borrower_id", "name", "kind"), told, strict=True)
        )
    )
    western = encoding in {"latin-1", "cp1252"}
    assert {*declared.files} == ({"borrowers"} if western else set())
    assert book.read(folder, mapping=declared, kind="delta") == []
    assert book.taken("borrowers", "borrower_id", "name") == [("Cai", name)]


def test_what_is_not_even_of_the_western_page(tmp_path: Path) -> None:
    """A byte that code page 1252 leaves out; nothing is lost on the way."""
    (tmp_path / "borrowers.csv").write_bytes(b"borrower_id,kind,name\xe9\nCai,person,\x81\n")
    assert '[files."borrowers"]\nencoding = "latin-1"  # a guess' in suggest(tmp_path)


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
