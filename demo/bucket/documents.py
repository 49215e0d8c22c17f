"""Timetables, tickets, letters and labels. Each function draws one picture; its name is the picture's."""

from __future__ import annotations

from PIL import Image, ImageDraw

from demo.bucket.drawing import font, photographed, printed, table


def bus_timetable() -> Image.Image:
    rows = [
        ("Stop", "Bus 7", "Bus 7", "Bus 12"), ("Harbour", "08:05", "08:35", "08:20"),
        ("Town hall", "08:14", "08:44", "08:31"), ("Hospital", "08:22", "08:52", "–"),
        ("University", "08:30", "09:00", "08:46"),
    ]  # fmt: skip
    sheet = table("Buses from the harbour, weekdays", rows, (230, 140, 140, 140), accent="#1b4b8f")
    return photographed(sheet, seed=31, tilt=-1)


def boarding_pass() -> Image.Image:
    image = Image.new("RGB", (860, 380), "#fdfdfd")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 860, 76), fill="#0f3d5c")
    draw.text((30, 38), "BOARDING PASS", "white", font=font(36, "Sans-Bold"), anchor="lm")
    draw.text((830, 38), "NORTHWIND AIR", "#9fd0ef", font=font(24, "Sans-Bold"), anchor="rm")
    cells = [
        ("PASSENGER", "OKAFOR / AMARA", 30, 100), ("FLIGHT", "NW 482", 520, 100), ("FROM", "OSLO", 30, 190),
        ("TO", "LISBON", 270, 190), ("DATE", "21 JUN", 520, 190), ("GATE", "B17", 30, 280),
        ("BOARDING", "10:25", 270, 280), ("SEAT", "14C", 520, 280),
    ]  # fmt: skip
    for label, value, left, top in cells:
        draw.text((left, top), label, "#5a6672", font=font(18))
        draw.text((left, top + 24), value, "#12202c", font=font(36, "Sans-Bold"))
    for bar, width in enumerate((3, 6, 2, 5, 3, 7, 2, 4, 6, 3, 5, 2)):
        draw.rectangle((740 + 8 * bar, 110, 740 + 8 * bar + width, 340), fill="#1b1b1b")
    return photographed(image, seed=32, tilt=2, backdrop="#75695a")


def medicine_label() -> Image.Image:
    lines = [
        "# COUGH SYRUP  150 ml", "", "Adults: 10 ml, three times a day", "Children 6-12: 5 ml, twice a day",
        "Not for children under 6", "", "Shake well. Store below 25 °C.", "Use within 4 weeks of opening.",
        "EXP 08/2027   LOT 55-A",
    ]  # fmt: skip
    return photographed(printed(lines, width=640, face="Sans", points=28), seed=33, lean=0.05, backdrop="#a9b7bd")


def letter() -> Image.Image:
    lines = [
        "Riverside Library", "3 May 2025", "", "Dear Mr Holm,", "",
        "The book you reserved, “The Salt Road”, has arrived.", "Please collect it at the front desk by 17 May.",
        "After that date it goes to the next reader on the list.", "", "Bring your library card; the fee is 1 euro.",
        "", "Kind regards,", "Ines Duarte",
    ]  # fmt: skip
    return photographed(printed(lines, width=860, face="Serif", points=26), seed=34, tilt=-2, backdrop="#57493c")


def train_timetable() -> Image.Image:
    rows = [
        ("Поезд", "Отпр.", "Приб.", "Путь"), ("Берёзово — Озёрск", "07:12", "09:40", "2"),
        ("Берёзово — Лесной", "07:55", "08:50", "4"), ("Берёзово — Озёрск", "11:30", "13:48", "1"),
        ("Берёзово — Новинки", "12:05", "16:20", "3"),
    ]  # fmt: skip
    sheet = table("Расписание пригородных поездов", rows, (330, 120, 120, 100), accent="#8f1d1d")
    return photographed(sheet, seed=35, tilt=1.5, lean=0.02)


def announcement() -> Image.Image:
    lines = [
        "# Уважаемые жильцы!", "", "15 октября с 9:00 до 17:00 в доме", "не будет горячей воды: замена труб.", "",
        "Просим обеспечить доступ к стоякам", "в квартирах 12, 18 и 24.", "", "Управляющая компания «Уют»",
        "тел. 555-01-27",
    ]  # fmt: skip
    return photographed(printed(lines, width=700, face="Serif", points=30), seed=36, tilt=-2.5, backdrop="#6a7f86")


def clinic_card() -> Image.Image:
    rows = [
        ("Врач", "День", "Часы", "Каб."), ("Терапевт Орлова", "пн, ср", "9:00–13:00", "204"),
        ("Окулист Ким", "вт", "14:00–18:00", "310"), ("Хирург Белов", "чт, пт", "8:30–12:30", "115"),
    ]  # fmt: skip
    foot = "Запись по телефону 44-18-90, приём по полису"
    sheet = table("Поликлиника № 6", rows, (270, 130, 210, 90), accent="#1d6d6a", foot=foot)
    return photographed(sheet, seed=37, lean=-0.03)


def recipe_card() -> Image.Image:
    lines = [
        "# Оладьи на кефире", "", "Кефир — 500 мл", "Мука — 300 г", "Яйцо — 1 шт.", "Сахар — 2 ст. ложки",
        "Сода — 0,5 ч. ложки", "", "Смешать, дать постоять 15 минут.", "Жарить по 2 минуты с каждой стороны.",
    ]  # fmt: skip
    return photographed(printed(lines, width=740, face="Serif", points=30, paper="#fdf3d8"), seed=38, tilt=2)


DRAWINGS = (
    bus_timetable, boarding_pass, medicine_label, letter, train_timetable, announcement, clinic_card, recipe_card,
)  # fmt: skip
