"""The bank's tree, its staff and the villages around each branch. All of it is made up."""

from typing import Final, NamedTuple

from recobro.demo.records import Employee, Institution
from recobro.terms.codes import InstitutionKind


class Village(NamedTuple):
    """A village or street that a sub-branch serves."""

    name: str
    latitude: float
    longitude: float


class Place(NamedTuple):
    """A sub-branch and what lies around it."""

    institution_id: str
    town: str
    villages: tuple[Village, ...]
    weight: float  # share of the bank's customers
    strain: float  # how much likelier than usual its loans get into trouble


HEAD_OFFICE: Final = "QH"
REGION: Final = "QH-R1"
RISK_OFFICERS: Final = ("YG9001", "YG9002", "YG9003")

# branch, its name in two scripts, town, weight, strain, villages of each sub-branch
_BRANCHES: Final = (
    ("01", "城关支行 Chengguan", "城关镇", 0.20, 0.8, (("南大街", "文昌里"), ("火车站", "北关"))),
    ("02", "柳湾支行 Liuwan", "柳湾镇", 0.14, 1.0, (("柳湾村", "下河村"), ("三岔口", "杏树坪"))),
    ("03", "石桥支行 Shiqiao", "石桥镇", 0.12, 1.1, (("石桥村", "东岭村"), ("磨盘沟", "葛家寨"))),
    ("04", "枣林支行 Zaolin", "枣林乡", 0.12, 1.3, (("石榴沟", "枣林村"), ("黄土坡", "井儿上"))),
    ("05", "白塔支行 Baita", "白塔镇", 0.12, 0.9, (("白塔村", "塔后村"),)),
    ("06", "龙潭支行 Longtan", "龙潭乡", 0.10, 1.6, (("上潭村", "下潭村"), ("竹园", "回龙湾"))),
    ("07", "双河支行 Shuanghe", "双河镇", 0.11, 1.0, (("河东村", "河西村"), ("渡口", "老鸦滩"))),
    ("08", "云岭支行 Yunling", "云岭乡", 0.09, 1.2, (("云岭寨", "羊角山"),)),
)

_OFFICERS: Final = (
    "赵永强", "孙丽华", "周建国", "吴晓梅", "郑海涛", "冯玉兰", "陈志远", "褚卫东", "卫春燕",
    "蒋文斌", "沈秋月", "韩大勇", "杨雪", "朱明亮", "秦素芬", "尤立新", "许国庆", "何桂英",
    "吕向阳", "施婷婷", "张铁柱", "孔繁星", "曹月娥", "严正", "华小龙", "金秀英", "魏长江",
    "陶然", "姜红", "戚继明", "谢东", "邹敏", "喻强", "柏青", "水清", "窦建军", "章丽", "云飞",
    "苏珊 Susana", "潘达 Pan Da", "葛根", "奚望", "范进步", "彭湃", "郎朗天",
)  # fmt: skip
_OFFICERS_PER_SUB_BRANCH: Final = 3


def institutions() -> list[Institution]:
    """Return the tree: head office, one region, eight branches, their sub-branches."""
    tree = [
        Institution(
            HEAD_OFFICE, None, "青禾农村商业银行 Qinghe Rural Bank", InstitutionKind.HEAD_OFFICE
        ),
        Institution(REGION, HEAD_OFFICE, "青禾片区 Qinghe Region", InstitutionKind.REGION),
    ]
    for code, name, *_, villages in _BRANCHES:
        branch = f"{HEAD_OFFICE}-{code}"
        tree.append(Institution(branch, REGION, name, InstitutionKind.BRANCH))
        tree += [
            Institution(f"{branch}-{n}", branch, f"{names[0]}分理处", InstitutionKind.SUB_BRANCH)
            for n, names in enumerate(villages, start=1)
        ]
    return tree


def places() -> list[Place]:
    """Return the sub-branches, where all lending happens."""
    return [
        Place(
            f"{HEAD_OFFICE}-{code}-{n}",
            town,
            tuple(_village(name, int(code), n, k) for k, name in enumerate(names)),
            weight / len(villages),
            strain,
        )
        for code, _, town, weight, strain, villages in _BRANCHES
        for n, names in enumerate(villages, start=1)
    ]


def place_of(institution_id: str) -> Place:
    """Return the sub-branch of an id."""
    return next(place for place in places() if place.institution_id == institution_id)


def staff() -> list[Employee]:
    """Return three loan officers for each sub-branch, and the risk department."""
    names = iter(_OFFICERS)
    officers = [
        Employee(officer_id, next(names), place.institution_id)
        for place in places()
        for officer_id in officers_of(place.institution_id)
    ]
    risk = zip(RISK_OFFICERS, ("江海平", "童安", "Rosa 罗莎"), strict=True)
    retired = Employee("YG0001", "颜守仁", f"{HEAD_OFFICE}-03", active=False)
    return [*officers, retired, *(Employee(id_, name, HEAD_OFFICE) for id_, name in risk)]


def officers_of(institution_id: str) -> tuple[str, ...]:
    """Return the ids of a sub-branch's loan officers."""
    _, branch, number = institution_id.split("-")
    return tuple(f"YG{branch}{number}{n}" for n in range(1, _OFFICERS_PER_SUB_BRANCH + 1))


def _village(name: str, branch: int, sub_branch: int, n: int) -> Village:
    return Village(
        name,
        round(34.10 + 0.031 * branch + 0.012 * n, 4),
        round(108.20 + 0.043 * branch + 0.017 * sub_branch - 0.009 * n, 4),
    )
