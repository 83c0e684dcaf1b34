from recobro.terms.grades import BUCKET_DAYS, BUCKETS, GRADE_OF_CODE, Grade


def test_grades_run_from_best_to_worst() -> None:
    assert [grade.code for grade in sorted(Grade)] == [
        "normal",
        "special_mention",
        "substandard",
        "doubtful",
        "loss",
    ]


def test_the_worst_three_are_nonperforming() -> None:
    assert [grade.code for grade in Grade if grade.nonperforming] == [
        "substandard",
        "doubtful",
        "loss",
    ]


def test_a_code_gives_its_grade_back() -> None:
    assert [GRADE_OF_CODE[grade.code] for grade in Grade] == list(Grade)


def test_buckets_of_thirty_days() -> None:
    assert BUCKET_DAYS == 30
    assert BUCKETS == ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7")
