"""Words that can stand for one another in the same form. Groups, so that every word has others."""

import re
from collections.abc import Iterable

GROUPS = {
    "en": {
        "objects": "dog cat horse sheep cow bear|dogs cats horses sheep cows bears|car truck bus train|"
        "cars trucks buses trains|man woman child|men women children|boy girl|boys girls|table chair bench shelf|"
        "tables chairs benches shelves|bird fish|birds fishes|tree fence|trees fences|house bridge tower|"
        "houses bridges towers|cup bottle bowl plate|cups bottles bowls plates|phone laptop book|"
        "phones laptops books|hat scarf bag|hats scarves bags|apple banana lemon pear|apples bananas lemons pears|"
        "pizza sandwich cake salad|circle square triangle star|circles squares triangles stars|"
        "left right|above below|river road|beach forest desert|boat bicycle motorcycle|boats bicycles motorcycles",
        "counts": "one three|two three four five six seven eight nine ten",
        "colours": "red blue green yellow black white orange purple brown pink gray grey",
    },
    "ru": {
        "objects": "кот пёс конь|кошка собака лошадь корова|кошки собаки лошади коровы|кошку собаку лошадь корову|"
        "мужчина|женщина девушка|мальчик|девочка|стол стул шкаф|столы стулья шкафы|машина лодка|машины лодки|"
        "автобус поезд грузовик велосипед|дом мост забор|дома мосты заборы|дерево здание|деревья здания|"
        "чашка тарелка бутылка|чашки тарелки бутылки|телефон ноутбук|книга газета|яблоко|банан лимон апельсин|"
        "бананы лимоны апельсины|круг квадрат треугольник|круги квадраты треугольники|река дорога|"
        "слева справа|пляж лес парк|шляпа сумка|птица рыба|птицы рыбы",
        "counts": "два три четыре|две три четыре|пять шесть семь восемь девять десять|двое трое четверо",
        "colours": "",
    },
}
RUSSIAN_HARD = ("красн", "жёлт", "зелён", "бел", "чёрн", "сер", "розов", "оранжев", "коричнев", "фиолетов")
ENDINGS = "ого|ому|ыми|ых|ый|ой|ая|ое|ые|ую|ым|ом"
RUSSIAN_COLOURS = re.compile(rf"\b({'|'.join((*RUSSIAN_HARD, 'желт', 'зелен', 'черн'))})({ENDINGS})\b", re.IGNORECASE)


def others_of(groups: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """By word, the other words of its first group; a word that is alone has none and is left out."""
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        words = group.split()
        for word in words:
            others = tuple(other for other in words if other not in (word, "grey" if word == "gray" else ""))
            if others:
                found.setdefault(word, others)
    return found


OBJECTS = {language: others_of(groups["objects"].split("|")) for language, groups in GROUPS.items()}
COUNTS = {language: others_of(groups["counts"].split("|")) for language, groups in GROUPS.items()}
COLOURS = {language: others_of(groups["colours"].split("|")) for language, groups in GROUPS.items()}
