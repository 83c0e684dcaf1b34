"""The customers: names, numbers and addresses that belong to nobody."""

from recobro.demo.dice import Dice
from recobro.demo.places import Place
from recobro.demo.products import Trade
from recobro.demo.records import Borrower
from recobro.terms.codes import BorrowerKind

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红春梅建国志文海林山云成东福贵田丰"
_LATIN = (
    "Wang Wei", "Li Na", "Zhang Min", "Liu Yang", "Chen Jing", "Ana Chen", "José Lin",
    "Aygül Tursun", "Tenzin Dorje", "María Huang", "Batu Sarnai", "Carlos Wu",
)  # fmt: skip
_LATIN_SHARE = 0.02
_FIRM_WORDS = ("禾丰", "金穗", "绿源", "恒达", "鑫盛", "瑞康", "宏图", "天和", "永固", "嘉禾")
_FIRM_TRADES = (
    ("粮油", "A0111"), ("果业", "A0153"), ("养殖", "A0313"), ("食品", "C1391"), ("建材", "C3021"),
    ("机械", "C3571"), ("商贸", "F5129"), ("物流", "G5430"), ("AgroTech", "C3572"),
)  # fmt: skip
_INDUSTRY = {
    Trade.FARMER: "A0111",
    Trade.MECHANISED: "A0519",
    Trade.SHOP: "F5211",
    Trade.GROUP: "A0111",
}


def person(
    borrower_id: str, household_id: str | None, place: Place, trade: Trade, dice: Dice
) -> Borrower:
    """Return a person who lives near the sub-branch."""
    village = dice.pick(place.villages)
    return Borrower(
        borrower_id,
        household_id,
        BorrowerKind.PERSON,
        dice.pick(_LATIN) if dice.chance(_LATIN_SHARE) else _name(dice),
        _national_id(dice),
        f"120{dice.whole(0, 99_999_999):08}",  # a prefix of no mobile network
        f"{place.town}{village.name}{dice.whole(1, 260)}号",
        village.name,
        round(village.latitude + 0.01 * dice.share(), 5),
        round(village.longitude + 0.01 * dice.share(), 5),
        _INDUSTRY.get(trade),
    )


def company(borrower_id: str, place: Place, dice: Dice) -> Borrower:
    """Return a company in the sub-branch's town."""
    trade, industry = dice.pick(_FIRM_TRADES)
    name = f"{place.town[:2]}{dice.pick(_FIRM_WORDS)}{trade}有限公司"
    return _settled(
        Borrower(borrower_id, None, BorrowerKind.COMPANY, name, industry=industry), place, dice
    )


def group(borrower_id: str, place: Place, dice: Dice) -> Borrower:
    """Return a village group whose members answer for each other."""
    name = f"{dice.pick(place.villages).name}第{dice.whole(1, 12)}联保小组"
    industry = _INDUSTRY[Trade.GROUP]
    return _settled(
        Borrower(borrower_id, None, BorrowerKind.VILLAGE_GROUP, name, industry=industry),
        place,
        dice,
    )


def _settled(organisation: Borrower, place: Place, dice: Dice) -> Borrower:
    """Return a company or group with an address near the sub-branch."""
    village = dice.pick(place.villages)
    return organisation._replace(
        phone=f"120{dice.whole(0, 99_999_999):08}",
        address=f"{place.town}{village.name}{dice.whole(1, 90)}号",
        village=village.name,
        latitude=village.latitude,
        longitude=village.longitude,
    )


def _name(dice: Dice) -> str:
    second = dice.pick(_GIVEN) if dice.chance(0.6) else ""
    return dice.pick(_SURNAMES) + dice.pick(_GIVEN) + second


def _national_id(dice: Dice) -> str:
    """Return eighteen digits that no register issues: 990000 is no county."""
    born = f"{dice.whole(1955, 2002)}{dice.whole(1, 12):02}{dice.whole(1, 28):02}"
    return f"990000{born}{dice.whole(0, 9999):04}"
