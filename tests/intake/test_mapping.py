"""Foreign extracts through a mapping file."""

from pathlib import Path

import pytest

from recobro.intake import DeliveryRefused, MappingInvalid
from recobro.intake.mapping import Mapping, parse
from recobro.intake.translate import MappingFailed, SourceMissing, SourceTwice
from tests.intake.conftest import Bank

PAGOS = """\
recibo;prestamo;fecha;importe;estado;canal
R1;A;05/02/2026;1.234,50;ok;V
R2;A;06/02/2026;10,00;anulado;V
R3;B;07/02/2026;3,20;ok;C
R4;B;31/02/2026;3,205;ok;Z
"""

COLUMNS = """\
[tables.payments]
from = "pagos"
where = "estado = 'ok'"
[tables.payments.columns]
payment_id = "recibo"
loan_id = "prestamo"
paid_on = { from = "fecha", date = "%d/%m/%Y" }
amount = { from = "importe", thousands = ".", decimal = "," }
source = { from = "canal", values = { V = "borrower", C = "court" } }
payer = "'Sr. ' || lower(prestamo)"
"""


FILE = "[files.x]\n"


def extract(book: Bank, **files: str) -> Path:
    folder = book.folder / f"extract-{book.loads}"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def sql(query: str) -> str:
    return f"[tables.payments]\nsql = '''{query}'''\n"


def test_columns_of_one_file(book: Bank) -> None:
    """Findings name the source's own rows, and its text where it does not fit."""
    path = extract(book, pagos=PAGOS)
    assert book.read(path, mapping=parse(COLUMNS), kind="delta") == [
        ("too-many-decimals", "payments", 5, "amount", "3.205"),
        ("bad-date", "payments", 5, "paid_on", "31/02/2026"),
        ("unknown-code", "payments", 5, "source", "Z"),
    ]
    assert book.taken("payments", "payment_id", "amount", "source", "payer", "row") == [
        ("R1", 123450, "borrower", "Sr. a", 2),
        ("R3", 320, "court", "Sr. b", 4),
    ]
    assert book.last.tables["payments"].file == "pagos.txt"


def test_two_tables_of_one_file(book: Bank) -> None:
    """One line brings Cai and a payment of loan A: each is a row of its own table."""
    mapping = """
        [tables.borrowers]
        from = "lines"
        columns = { borrower_id = "who", kind = "'person'", name = "upper(who)" }
        [tables.payments]
        from = "lines"
        columns = { payment_id = "id", loan_id = "'A'", paid_on = "'2026-02-02'", amount = "'7'" }
    """
    path = extract(book, lines="who,id\nCai,P3\n")
    assert book.read(path, mapping=parse(mapping), kind="delta") == []
    assert book.taken("borrowers", "borrower_id", "name", "row") == [("Cai", "CAI", 2)]
    assert book.taken("payments", "payment_id", "loan_no", "amount") == [("P3", 1, 700)]
    assert [taken.file for taken in book.last.tables.values()] == ["lines.txt"] * 2


def test_a_query_over_several_files(book: Bank) -> None:
    query = """
        WITH paid AS (SELECT recibo, strptime(fecha, '%d/%m/%Y')::DATE AS day FROM pagos
                      WHERE recibo <> 'R4')
        SELECT recibo || '-' || k AS payment_id, loan AS loan_id, day AS paid_on, 1.5 AS amount
        FROM paid JOIN keys ON keys.id = paid.recibo, generate_series(1, 2) AS series(k);
    """
    path = extract(book, pagos=PAGOS, keys="id,loan\nR1,A\nR3,B\n")
    assert book.read(path, mapping=parse(sql(query)), kind="delta") == []
    assert book.taken("payments", "payment_id", "loan_no", "amount") == [
        ("R1-1", 1, 150),
        ("R1-2", 1, 150),
        ("R3-1", 2, 150),
        ("R3-2", 2, 150),
    ]


def test_a_file_without_header_in_another_encoding(book: Bank) -> None:
    path = extract(book)
    (path / "pagos.dat").write_bytes("R1|A|2026-02-05|7|蔡\n".encode("gb18030"))
    mapping = parse(
        '[files.pagos]\nfile = "pagos.dat"\nseparator = "|"\nencoding = "gb18030"\n'
        'columns = ["id", "loan", "day", "sum", "who"]\n'
        + sql(
            "FROM pagos SELECT _row, id payment_id, loan loan_id, day paid_on, 7 amount, who payer"
        )
    )
    assert book.read(path, mapping=mapping, kind="delta") == []
    assert book.taken("payments", "payment_id", "payer", "row") == [("R1", "蔡", 1)]


@pytest.mark.parametrize(
    "reach",
    [
        "read_csv('/etc/passwd')",
        "read_text('/etc/passwd')",
        "read_blob('/etc/passwd')",
        "read_parquet('/etc/*.parquet')",
        "glob('/etc/*')",
        "'/etc/passwd'",
        "read_csv('https://example.org/x.csv')",
    ],
)
def test_a_query_reaches_nothing_else(book: Bank, reach: str) -> None:
    path = extract(book, pagos=PAGOS)
    mapping = parse(sql(f"FROM {reach} SELECT 'P9' AS payment_id, *"))
    with pytest.raises(DeliveryRefused):
        book.read(path, mapping=mapping, kind="delta")


@pytest.mark.parametrize(
    "query",
    [
        "COPY pagos TO 'x.csv'",
        "SELECT 1; DROP VIEW pagos",
        "SET threads = 1",
        "INSTALL httpfs",
        "ATTACH 'x.db'",
        "CREATE TABLE x AS SELECT 1",
        "SELECT 1) TO 'x.csv'; COPY (SELECT 1",
    ],
)
def test_a_query_is_one_select(query: str) -> None:
    with pytest.raises(MappingInvalid):
        parse(f'[tables.payments]\nsql = """{query}"""\n')


def test_a_query_that_does_not_fit(book: Bank) -> None:
    path = extract(book, pagos=PAGOS)
    with pytest.raises(
        MappingFailed, match=r'The mapping of payments does not fit.*"nada" not found'
    ):
        book.read(path, mapping=parse(sql("SELECT nada AS payment_id FROM pagos")))


def test_what_does_not_fit_in_memory_lies_in_the_staging_folder(book: Bank) -> None:
    """The folder that a query spills into is beside the tables that it makes."""
    query = """SELECT current_setting('temp_directory') payment_id, 'A' loan_id,
                      '2026-02-02' paid_on, '7' amount FROM pagos LIMIT 1"""
    assert book.read(extract(book, pagos=PAGOS), mapping=parse(sql(query)), kind="delta") == []
    spill = book.folder / f"staging-{book.loads}" / "spill"
    assert book.taken("payments", "payment_id") == [(str(spill),)]


def test_a_row_that_is_no_number(book: Bank) -> None:
    query = "SELECT recibo AS _row, recibo AS payment_id, prestamo AS loan_id FROM pagos"
    with pytest.raises(MappingFailed, match=r"does not fit .* its _row is no whole number\. "):
        book.read(extract(book, pagos=PAGOS), mapping=parse(sql(query)), kind="delta")


def test_a_source_that_is_missing(book: Bank) -> None:
    with pytest.raises(SourceMissing, match=r"reads 'pagos', but there is only: otros.txt"):
        book.read(extract(book, otros="x\n"), mapping=parse(COLUMNS))


def test_a_source_that_is_there_twice(book: Bank) -> None:
    path = extract(book, pagos=PAGOS)
    (path / "pagos.csv").write_text(PAGOS, encoding="utf-8")
    with pytest.raises(SourceTwice, match=r"pagos.csv and pagos.txt are both the source 'pagos'"):
        book.read(path, mapping=parse(COLUMNS))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_mapping_file(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "m.toml").write_text(COLUMNS, encoding=encoding)
    assert Mapping.load(tmp_path / "m.toml") == parse(COLUMNS, "m.toml")


def test_a_mapping_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(f"# 蔡文\n{COLUMNS}", encoding="gb18030")
    with pytest.raises(MappingInvalid) as refused:
        Mapping.load(tmp_path / "m.toml")
    assert str(refused.value) == (
        "m.toml: it is not text in UTF-8; save it so. Nothing was changed. Correct the mapping."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [", "it is no TOML"),
        ("", "maps no table"),
        ("[tables.loan]\nsql = 'SELECT 1'", "line 1: 'loan' is nothing .* did you mean 'loans'"),
        ("[tables.payments]\nwhere = 'x'", "line 1: table payments needs either sql, or from"),
        ("[tables.payments]\nform = 'x'", "line 2: 'form' is nothing .* did you mean 'from'"),
        ("[tables.payments]\nfrom = 'x'", "needs the column payment_id, which is its key"),
        (COLUMNS.replace("payer", "payr"), "line 10: 'payr' .* did you mean 'payer'"),
        (COLUMNS.replace("date =", "dates ="), "line 7: 'dates' .* did you mean 'date'"),
        (COLUMNS.replace('"recibo"', "3"), "line 5: column payment_id needs an expression"),
        ("[files.x]\nseparator = 1\n", "line 2: 'separator' of file x must be text"),
        (FILE + 'separator = "||"', "line 2: separator of file x must be one character"),
        (FILE + "quote = '\"\"'", "line 2: quote of file x must be one character, or none"),
        (FILE + "encoding = 'gbk18030'", "line 2: encoding of file x .* write utf-8, gb18030 or"),
        (FILE + "encoding = 'hex'", "line 2: encoding of file x is none that is known"),
        (sql("SELEC 1"), "the sql of payments cannot be read, its line 1"),
        (sql("DROP TABLE x"), "must be one SELECT"),
    ],
)
def test_an_invalid_mapping_names_the_line(text: str, message: str) -> None:
    with pytest.raises(MappingInvalid, match=message):
        parse(text)
