"""1,000 made-up residents from a published seed (docs/demo.md). No name, door or number belongs to anyone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from diancai.platform.cli.demo.dishes import COMMUNITIES, HONGZHUAN, HUAIYIN, QIAOXI, QINGHELI, SHUYUAN, XIANGYANG

SEED = "示范街道居民"
RESIDENT_COUNT = 1_000
YOUNGEST, OLDEST = 15, 90

SURNAMES = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
RARER_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "佟", "那", "鲍", "蔺", "逄", "仉", "亓", "仝")
GIVEN_NAMES = {
    1960: (
        "建国",
        "秀英",
        "桂兰",
        "玉珍",
        "淑兰",
        "国强",
        "秀兰",
        "德明",
        "凤英",
        "永福",
        "桂芝",
        "宝山",
        "素琴",
        "长河",
    ),
    1980: (
        "建军",
        "红梅",
        "丽华",
        "志强",
        "卫东",
        "秀梅",
        "国华",
        "海燕",
        "晓东",
        "玉梅",
        "永红",
        "爱华",
        "立新",
        "春燕",
    ),
    2000: ("伟", "静", "磊", "敏", "洋", "艳", "勇", "娜", "涛", "婷婷", "鹏", "雪", "超", "晓丽", "宁", "志远", "佳"),
    2100: (
        "子涵",
        "浩然",
        "雨桐",
        "欣怡",
        "梓轩",
        "一诺",
        "佳琪",
        "宇航",
        "思远",
        "语嫣",
        "俊杰",
        "若曦",
        "嘉乐",
        "明轩",
    ),
}
"""By the year before which their bearers were born."""
CONSPICUOUS = (
    ("阿依古丽·买买提", 1987), ("迪丽努尔·艾合买提江", 1999), ("扎西·次仁", 1978), ("吉木·阿依", 1993), ("娜仁·托娅", 1969),
    ("叶尔兰·哈布力", 2001), ("木沙江·吐尔逊", 1958), ("巴图·苏和", 1982),
    ("王㛃", 1996), ("李喆", 1985), ("陈䶮", 1979), ("刘翀", 1990), ("沈彧", 1988), ("赵𬀩", 1994), ("仉淑琴", 1951),
    ("逄建华", 1963), ("孙赟", 1991), ("吕骉", 1976), ("周懿", 1966), ("冯婧媛", 1998),
    ("张伟", 1986), ("张伟", 1986), ("张伟", 1973), ("王秀英", 1949), ("王秀英", 1952), ("李明", 1980), ("李铭", 1980),
    ("刘洋", 1988), ("刘洋", 1988), ("陈静", 1983), ("陈婧", 1983),
)  # fmt: skip
"""Rare characters, names with a middle dot, and names that a hurried person at the desk could take for each other."""

SHARES = {HUAIYIN: 22, QIAOXI: 18, QINGHELI: 18, SHUYUAN: 16, HONGZHUAN: 14, XIANGYANG: 12}
"""Households of each community, out of a hundred."""
NON_LOCAL_SHARES = {HUAIYIN: 0.18, QIAOXI: 0.22, QINGHELI: 0.34, SHUYUAN: 0.15, HONGZHUAN: 0.55, XIANGYANG: 0.25}
"""Households that live here without 户籍 here. The register does not ask: they vote like everyone (Y-07)."""
HOUSEHOLDS = (
    (22, ((62, 90),)),
    (20, ((58, 84), (58, 84))),
    (16, ((28, 45), (28, 45))),
    (18, ((36, 52), (36, 52), (15, 22))),
    (12, ((62, 80), (34, 50), (34, 50), (15, 20))),
    (12, ((20, 34),)),
)
"""(weight, ages of the members who are old enough to vote)."""


Door = tuple[str, str, str]
"""Name, community, household: enough to tell any two of these residents apart."""


@dataclass(frozen=True, slots=True)
class Resident:
    """`birth_year` is known to the simulation also where the register knows the last four digits instead."""

    name: str
    community: str
    household: str
    birth_year: int
    id_last_four: str
    phone: str
    is_local: bool

    @property
    def door(self) -> Door:
        return (self.name, self.community, self.household)

    @property
    def register_row(self) -> tuple[str, ...]:
        """In the columns of the register's spreadsheet."""
        year = "" if self.id_last_four else str(self.birth_year)
        return (self.name, self.community, self.household, year, self.id_last_four, self.phone)


REGISTER_HEADER = ("姓名", "社区", "楼门/户号", "出生年份", "证件后四位", "电话")


def residents(year: int) -> list[Resident]:
    """The people of the street who are 15 to 90 in that year: same year, same people, in the order of their doors."""
    random = Random(f"{SEED} {year}")
    people = list(islice(_people(random, year), RESIDENT_COUNT - len(CONSPICUOUS)))
    people += [_conspicuous(random, place, name, born) for place, (name, born) in enumerate(CONSPICUOUS)]
    return sorted(people, key=lambda person: (COMMUNITIES.index(person.community), person.household, person.birth_year))


def _people(random: Random, year: int) -> Iterator[Resident]:
    taken: set[tuple[str, str]] = set()
    while True:
        community = random.choices(list(SHARES), list(SHARES.values()))[0]
        door = _door(random, community)
        if (community, door) not in taken:
            taken.add((community, door))
            yield from _household(random, community, door, year)


def _household(random: Random, community: str, door: str, year: int) -> Iterator[Resident]:
    """Children bear the first parent's surname; two of one name in one home would be one person too many."""
    is_local = random.random() >= NON_LOCAL_SHARES[community]
    ages = random.choices([ages for _, ages in HOUSEHOLDS], [weight for weight, _ in HOUSEHOLDS])[0]
    surname = _surname(random)
    names: set[str] = set()
    for youngest, oldest in ages:
        birth_year = year - random.randint(youngest, oldest)
        own = surname if birth_year > year - 25 or not names else _surname(random)
        name = own + random.choice(_given_names(birth_year))
        while name in names:
            name = own + random.choice(_given_names(birth_year))
        names.add(name)
        yield _resident(random, name, community, door, birth_year, is_local)


def _conspicuous(random: Random, place: int, name: str, birth_year: int) -> Resident:
    community = COMMUNITIES[place // 2 % len(COMMUNITIES)]
    return _resident(random, name, community, f"{21 + place}栋-101", birth_year, random.random() < 0.6)


def _resident(random: Random, name: str, community: str, door: str, birth_year: int, is_local: bool) -> Resident:
    """One in eight is known by the last four characters of the document; three in ten left a phone number."""
    last_four = f"{random.randrange(1000):03d}{random.choice('0123456789X')}" if random.random() < 0.125 else ""
    phone = f"1990000{random.randrange(10_000):04d}" if random.random() < 0.3 else ""
    return Resident(name, community, door, birth_year, last_four, phone, is_local)


def _door(random: Random, community: str) -> str:
    if community == HONGZHUAN:
        return f"{random.choice('一二')}号院{random.randint(1, 6)}栋-{random.randint(1, 5)}{random.randint(1, 12):02d}"
    return f"{random.randint(1, 12)}栋{random.randint(1, 4)}单元-{random.randint(1, 6)}{random.randint(1, 3):02d}"


def _surname(random: Random) -> str:
    """A few common surnames make most of a Chinese street."""
    if random.random() < 0.04:
        return random.choice(RARER_SURNAMES)
    return random.choices(SURNAMES, [len(SURNAMES) + 4 - place for place in range(len(SURNAMES))])[0]


def _given_names(birth_year: int) -> tuple[str, ...]:
    return next(names for before, names in GIVEN_NAMES.items() if birth_year < before)
