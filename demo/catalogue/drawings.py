"""Signs, menus and papers for the catalogue: other words, sizes and colours than those of the demo bucket."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageDraw

from demo.bucket.drawing import beside, font, photographed, priced, printed, stacked, table

Drawing = Callable[[], Image.Image]


def warning(seed: int, mark: str, *words: str) -> Image.Image:
    plate = Image.new("RGB", (260, 340), "#f7cb00")
    draw = ImageDraw.Draw(plate)
    draw.polygon([(130, 60), (35, 240), (225, 240)], outline="black", fill="#f7cb00", width=12)
    draw.text((130, 185), mark, "black", font=font(90, "Sans-Bold"), anchor="mm")
    lines = [(word, 44, "black") for word in words]
    return photographed(beside(plate, stacked((360, 340), "#f7cb00", lines), "#f7cb00"), seed=seed, tilt=2)


def voltage() -> Image.Image:
    plate = Image.new("RGB", (440, 440), "#f5d21a")
    draw = ImageDraw.Draw(plate)
    draw.polygon([(220, 40), (60, 320), (380, 320)], outline="black", width=14)
    draw.polygon([(240, 120), (170, 225), (215, 225), (195, 295), (270, 195), (225, 195)], fill="black")
    draw.text((220, 385), "DANGER", "black", font=font(54, "Sans-Bold"), anchor="mm")
    return photographed(plate, seed=102, tilt=-2, backdrop="#59625a")


def plate(seed: int, background: str, ink: str, words: list[str], border: str | None = None) -> Image.Image:
    lines = [(word, 46 if place == 0 else 34, ink) for place, word in enumerate(words)]
    return photographed(stacked((620, 380), background, lines, border=border), seed=seed, tilt=-1.5, lean=0.02)


def parking() -> Image.Image:
    sign = Image.new("RGB", (200, 360), "white")
    draw = ImageDraw.Draw(sign)
    draw.rounded_rectangle((20, 90, 180, 270), radius=20, fill="#1558a9")
    draw.text((100, 180), "P", "white", font=font(140, "Sans-Bold"), anchor="mm")
    words = [("1 hour", 44, "#1a1a1a"), ("Mon – Fri  9 – 17", 30, "#1a1a1a"), ("Residents: zone A", 28, "#1558a9")]
    return photographed(beside(sign, stacked((420, 360), "white", words), "white"), seed=105, lean=0.03)


def pharmacy() -> Image.Image:
    sign = Image.new("RGB", (240, 300), "#0d6b3a")
    draw = ImageDraw.Draw(sign)
    draw.rectangle((95, 60, 150, 240), fill="white")
    draw.rectangle((33, 122, 212, 178), fill="white")
    words = [("PHARMACY", 62, "white"), ("Mon – Sat 8 – 20", 34, "#d9f2e2")]
    return photographed(beside(sign, stacked((460, 300), "#0d6b3a", words), "#0d6b3a"), seed=106, backdrop="#2b2f36")


def direction() -> Image.Image:
    arrow = Image.new("RGB", (220, 280), "#0b7b3c")
    shape = [(190, 140), (110, 60), (110, 110), (25, 110), (25, 170), (110, 170), (110, 220)]
    ImageDraw.Draw(arrow).polygon(shape, fill="white")
    words = [("WAY OUT", 70, "white"), ("Platforms 1 – 6", 36, "white")]
    return photographed(beside(arrow, stacked((440, 280), "#0b7b3c", words), "#0b7b3c"), seed=107, backdrop="#34373b")


def dark_menu() -> Image.Image:
    rows = [
        ("Drinks", ""),
        ("Latte", "3.20"),
        ("Black tea", "2.10"),
        ("Juice", "2.90"),
        ("Cakes", ""),
        ("Muffin", "2.40"),
    ]
    menu = priced((600, 620), "Tea Room", rows, paper="#262f2b", ink="#f0e9d8", accent="#efc36a")
    return photographed(menu, seed=108, tilt=1.5, backdrop="#6a4b33")


def light_menu() -> Image.Image:
    rows = [("Первое", ""), ("Щи", "110 ₽"), ("Второе", ""), ("Плов", "190 ₽"), ("Напитки", ""), ("Чай", "30 ₽")]
    menu = priced((620, 660), "Кафе", rows, paper="#f8f1e2", ink="#2b2620", accent="#7a2f2f")
    return photographed(menu, seed=109, tilt=-1.5)


def receipt() -> Image.Image:
    lines = ["# CORNER SHOP", "5 High Street", "-" * 28, "Eggs                    2.10", "Rice                    1.75",
             "-" * 28, "# TOTAL                 3.85", "CARD                    3.85", "", "See you soon!"]  # fmt: skip
    return photographed(printed(lines, width=480), seed=110, tilt=2.5, backdrop="#463d36")


def timetable() -> Image.Image:
    rows = [("Stop", "Line 3", "Line 3", "Line 9"), ("Market", "07:10", "07:40", "07:25"),
            ("Museum", "07:19", "07:49", "07:33"), ("Stadium", "07:31", "08:01", "–")]  # fmt: skip
    sheet = table("Trams from the market", rows, (220, 140, 140, 140), accent="#1c4c90")
    return photographed(sheet, seed=111, tilt=1)


def letter() -> Image.Image:
    lines = ["Hilltop School", "9 September", "", "Dear parents,", "", "The school trip is on Friday.",
             "Please send a packed lunch", "and a raincoat.", "", "Kind regards,", "A. Novak"]  # fmt: skip
    return photographed(printed(lines, width=760, face="Serif", points=28), seed=112, tilt=1.5, backdrop="#584a3d")


def boarding_pass() -> Image.Image:
    image = Image.new("RGB", (820, 340), "#fdfdfd")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 820, 70), fill="#103e5d")
    draw.text((28, 35), "BOARDING PASS", "white", font=font(34, "Sans-Bold"), anchor="lm")
    cells = [("FROM", "RIGA", 30, 100), ("TO", "PORTO", 260, 100), ("GATE", "A4", 30, 210), ("SEAT", "21F", 260, 210)]
    for label, value, left, top in cells:
        draw.text((left, top), label, "#5a6672", font=font(18))
        draw.text((left, top + 24), value, "#12202c", font=font(36, "Sans-Bold"))
    for bar, width in enumerate((2, 5, 3, 6, 2, 7, 3, 4, 2, 6, 4, 3)):
        draw.rectangle((680 + 9 * bar, 100, 680 + 9 * bar + width, 310), fill="#1b1b1b")
    return photographed(image, seed=113, tilt=-1.5, backdrop="#766a5b")


DRAWINGS: dict[str, Drawing] = {
    "wet-floor": lambda: warning(101, "!", "CAUTION", "SLIPPERY"),
    "high-voltage": voltage,
    "opening-hours": lambda: plate(103, "#20503b", "white", ["OPEN", "Mon – Fri  9 – 18", "Sat  10 – 14"], "#d9c58b"),
    "forbidden": lambda: plate(104, "white", "#b3121d", ["ВХОД ВОСПРЕЩЁН", "Только для персонала"], "#b3121d"),
    "parking": parking,
    "pharmacy": pharmacy,
    "way-out": direction,
    "menu-board": dark_menu,
    "menu-card": light_menu,
    "receipt": receipt,
    "timetable": timetable,
    "letter": letter,
    "boarding-pass": boarding_pass,
}
