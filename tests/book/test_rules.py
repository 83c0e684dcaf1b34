import pytest

from recobro.book.rules import findable, fits, sought


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["王小明"], " 王小明 wangxiaoming wxm yuxiaoming yxm xiaoming ming"),
        (["曾国"], " 曾国 cengguo cg zengguo zg guo"),
        (["吕布"], " 吕布 lubu lb lvbu bu"),
        (["明"], " 明 ming m meng"),
        (["Ana Núñez", "DK12"], " ana nunez dk12"),
        (
            ["枣林瑞康物流有限公司"],
            " 枣林瑞康物流有限公司 zaolinruikangwuliuyouxiangongsi zlrkwlyxgs",
        ),
        (["南湖村 Lake"], " 南湖村 lake nanhucun nhc nahucun hucun cun"),
        (["〇", "Ａ"], " 〇 a"),
        (["A-B (c) d"], " a-b (c) d b c)"),
        ([], " "),
    ],
)
def test_a_name_by_its_signs_and_as_it_is_spelled(texts: list[str], expected: str) -> None:
    assert findable(*texts) == expected


def test_a_sign_without_a_reading_is_itself() -> None:
    assert findable("\u3402") == " \u3402"


@pytest.mark.parametrize(
    ("typed", "name", "expected"),
    [
        *((typed, "王小明", True) for typed in ("王", "小明", "wang", "wxm", "wangx", "ming")),
        *((typed, "王小明", True) for typed in ("WangXiaoMing", "wang xiao ming", "ＷＸＭ")),
        *((typed, "王小明", False) for typed in ("ang", "明小", "xm", "wang li")),
        ("zeng", "曾国", True),
        ("jose", "José", True),
        ("JOSÉ", "jose", True),
        ("nunez ana", "Ana Núñez", True),
        ("nez", "Núñez", False),
        ("012", "DK0012039", True),
        ("dk 39", "DK0012039", True),
        ("12039x", "DK0012039", False),
        *((typed, "García-Pérez Ana", True) for typed in ("perez", "García-P", "ana perez")),
        ("arcia", "García-Pérez Ana", False),
        ("mayor", "Calle (Mayor) 5", True),
        ("2024-0001", "CN-2024-0001", True),
    ],
)
def test_what_fits(typed: str, name: str, *, expected: bool) -> None:
    assert fits(findable(name), sought(typed)) is expected
