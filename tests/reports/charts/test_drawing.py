import pytest

from recobro.reports.charts.drawing import Drawing, fitting
from tests.reports.charts.svg import SVG, read


@pytest.mark.parametrize(
    ("words", "room", "kept"),
    [
        ("Lakeside", 80, "Lakeside"),
        ("Lakeside branch", 62, "Lakeside…"),
        ("河岸农村商业银行", 88, "河岸农村商业银行"),
        ("河岸农村商业银行", 60, "河岸农村…"),
    ],
)
def test_words_are_cut_where_the_room_ends(words: str, room: int, kept: str) -> None:
    assert fitting(words, room) == kept


def test_a_cut_label_still_tells_its_whole_text() -> None:
    drawing = Drawing(title="t", height=20, font="serif")
    drawing.label(60, 10, "Lakeside branch", room=62)
    drawing.label(60, 30, "Lake", room=60)
    labels = read(drawing.svg()).findall(f"{SVG}text")
    assert [(label.text, label.findtext(f"{SVG}title")) for label in labels] == [
        ("Lakeside…", "Lakeside branch"),
        ("Lake", None),
    ]


def test_a_head_has_two_lines_at_most_and_the_last_at_its_base() -> None:
    drawing = Drawing(title="t", height=20, font="serif")
    drawing.head(30, 20, "written off the books", room=45)
    lines = read(drawing.svg()).findall(f"{SVG}text")
    assert [(line.text, line.get("y")) for line in lines] == [("off the", "20"), ("written", "9")]


def test_words_are_escaped() -> None:
    drawing = Drawing(title="<b>", height=20, font="serif")
    drawing.text(0, 0, "<script>&")
    assert "<script>" not in drawing.svg()
    assert read(drawing.svg()).findtext(f"{SVG}text") == "<script>&"
