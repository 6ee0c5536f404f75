"""What a seat without a name is called: a colour and an animal, which follow from its number."""

from steepest.spec import Text

_COLOURS = (
    ("red", "红"),
    ("blue", "蓝"),
    ("green", "绿"),
    ("yellow", "黄"),
    ("purple", "紫"),
    ("orange", "橙"),
    ("white", "白"),
    ("black", "黑"),
    ("silver", "银"),
    ("golden", "金"),
    ("pink", "粉"),
    ("brown", "棕"),
    ("grey", "灰"),
)
_ANIMALS = (
    ("fox", "狐狸"),
    ("owl", "猫头鹰"),
    ("panda", "熊猫"),
    ("tiger", "老虎"),
    ("dolphin", "海豚"),
    ("eagle", "鹰"),
    ("turtle", "乌龟"),
    ("rabbit", "兔子"),
    ("bear", "熊"),
    ("wolf", "狼"),
    ("whale", "鲸"),
    ("deer", "鹿"),
    ("crane", "鹤"),
    ("horse", "马"),
    ("cat", "猫"),
    ("frog", "青蛙"),
    ("bee", "蜜蜂"),
    ("lion", "狮子"),
    ("penguin", "企鹅"),
    ("otter", "水獭"),
    ("squirrel", "松鼠"),
    ("parrot", "鹦鹉"),
    ("koala", "考拉"),
)


def label(seat: int) -> Text:
    """The label of seat number `seat`. 299 in a row differ: 13 colours and 23 animals have no common factor."""
    colour, animal = _COLOURS[seat % len(_COLOURS)], _ANIMALS[seat % len(_ANIMALS)]
    turn = seat // (len(_COLOURS) * len(_ANIMALS))
    more = f" {turn + 1}" if turn else ""
    return Text(f"{colour[0]} {animal[0]}{more}", f"{colour[1]}{animal[1]}{more}")
