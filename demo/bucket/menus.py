"""Menus, price tags and receipts. Each function draws one picture; its name is the picture's."""

from __future__ import annotations

from PIL import Image, ImageDraw

from demo.bucket.drawing import font, photographed, priced, printed

RULE = "-" * 28


def sold(what: str, price: str) -> str:
    """A line of a receipt, 28 letters wide."""
    return what + price.rjust(len(RULE) - len(what))


def cafe_board() -> Image.Image:
    rows = [
        ("Coffee", ""), ("Espresso", "2.20"), ("Flat white", "3.40"), ("Cappuccino", "3.60"),
        ("Tea & more", ""), ("Green tea", "2.50"), ("Hot chocolate", "3.90"), ("Lemonade", "3.10"),
    ]  # fmt: skip
    menu = priced(
        (640, 700), "The Corner Café", rows, paper="#26302b", ink="#f1ead8", accent="#f2c66d", foot="Oat milk + 0.50"
    )
    return photographed(menu, seed=21, tilt=-1.5, lean=0.03, backdrop="#6b4b32")


def pizza_menu() -> Image.Image:
    rows = [
        ("Margherita", "£8.50"), ("Funghi (v)", "£9.75"), ("Pepperoni", "£10.25"), ("Quattro formaggi (v)", "£11.00"),
        ("Diavola (hot)", "£11.50"), ("Garlic bread", "£4.20"),
    ]  # fmt: skip
    menu = priced(
        (700, 560), "Pizza", rows, paper="#fbf3e4", ink="#2d2419", accent="#a6341b", foot="(v) vegetarian · lunch –10 %"
    )
    return photographed(menu, seed=22, tilt=2)


def receipt_en() -> Image.Image:
    lines = [
        "# GREEN GROCER", "12 Mill Lane", "14 Mar 2025   17:42", RULE, sold("Milk 1 l", "2 x 1.15"), sold("", "2.30"),
        sold("Brown bread", "1.80"), sold("Apples 1.2 kg", "2.64"), sold("Cheddar 250 g", "3.45"), RULE,
        "# " + sold("TOTAL", "10.19"), sold("CASH", "20.00"), sold("CHANGE", "9.81"), "", "Thank you!",
    ]  # fmt: skip
    return photographed(printed(lines, width=500), seed=23, tilt=-3, lean=0.02, backdrop="#4a4038")


def canteen_board() -> Image.Image:
    rows = [
        ("Супы", ""), ("Борщ", "120 ₽"), ("Уха", "145 ₽"), ("Горячее", ""), ("Котлета с пюре", "210 ₽"),
        ("Гречка с грибами", "165 ₽"), ("Напитки", ""), ("Морс", "60 ₽"), ("Компот", "45 ₽"),
    ]  # fmt: skip
    menu = priced(
        (640, 740), "Столовая", rows, paper="#f7f1e1", ink="#2b2620", accent="#2f5d3a", foot="После 16:00 скидка 20 %"
    )
    return photographed(menu, seed=24, tilt=1.5, lean=-0.03)


def bakery_tags() -> Image.Image:
    tags = [("Багет", "68 ₽", "250 г"), ("Хлеб ржаной", "54 ₽", "400 г"), ("Булочка с маком", "39 ₽", "90 г")]
    shelf = Image.new("RGB", (900, 300), "#7a5a3a")
    draw = ImageDraw.Draw(shelf)
    for place, (name, price, weight) in enumerate(tags):
        left = 20 + 293 * place
        draw.rounded_rectangle((left, 50, left + 275, 250), radius=12, fill="#fffbe8")
        draw.text((left + 137, 75), name, "#1d1d1d", font=font(25, "Sans-Bold"), anchor="ma")
        draw.text((left + 137, 120), price, "#c0171f", font=font(64, "Sans-Bold"), anchor="ma")
        draw.text((left + 137, 208), weight, "#444444", font=font(24), anchor="ma")
    return photographed(shelf, seed=25, lean=0.02, backdrop="#5b4330")


def receipt_ru() -> Image.Image:
    lines = [
        "# ООО «КНИЖНЫЙ ДВОР»", "Кассовый чек № 0481", sold("02.09.2025", "11:07"), RULE,
        sold("Тетрадь 48 л.", "3 x 85"), sold("", "255"), sold("Ручка синяя", "2 x 40"), sold("", "80"),
        sold("Атлас мира", "690"), RULE, "# " + sold("ИТОГО", "1 025"), sold("Картой", "1 025"), "Спасибо за покупку!",
    ]  # fmt: skip
    return photographed(printed(lines, width=500), seed=26, tilt=2.5, backdrop="#39424e")


DRAWINGS = (cafe_board, pizza_menu, receipt_en, canteen_board, bakery_tags, receipt_ru)
