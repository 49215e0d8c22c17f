"""Signs and notices. Each function draws one picture; its name is the picture's."""

from __future__ import annotations

from PIL import Image, ImageDraw

from demo.bucket.drawing import beside, font, photographed, stacked


def shop_hours() -> Image.Image:
    lines = [
        ("OPENING HOURS", 46, "#f5efe0"),
        ("Mon – Fri   8:30 – 19:00", 34, "white"),
        ("Saturday   9:00 – 16:30", 34, "white"),
        ("Sunday   closed", 34, "#f2b8a0"),
    ]
    return photographed(stacked((640, 420), "#1f4d3a", lines, border="#d9c58b"), seed=1, tilt=-2.5, lean=0.03)


def wet_floor() -> Image.Image:
    triangle = Image.new("RGB", (260, 420), "#f7c600")
    draw = ImageDraw.Draw(triangle)
    draw.polygon([(130, 70), (30, 260), (230, 260)], outline="black", fill="#f7c600", width=12)
    draw.text((130, 205), "!", "black", font=font(110, "Sans-Bold"), anchor="mm")
    words = [("CAUTION", 56, "black"), ("WET FLOOR", 48, "black"), ("Cleaning until 14:15", 26, "black")]
    sign = beside(triangle, stacked((400, 420), "#f7c600", words), "#f7c600")
    return photographed(sign, seed=2, tilt=3, lean=-0.04, backdrop="#b9b4aa")


def parking() -> Image.Image:
    plate = Image.new("RGB", (200, 420), "white")
    ImageDraw.Draw(plate).rounded_rectangle((20, 110, 180, 310), radius=20, fill="#1457a8")
    ImageDraw.Draw(plate).text((100, 210), "P", "white", font=font(150, "Sans-Bold"), anchor="mm")
    words = [
        ("2 hours max", 46, "#1a1a1a"),
        ("Mon – Sat  8 am – 6 pm", 30, "#1a1a1a"),
        ("No return within 1 hour", 30, "#1a1a1a"),
        ("Permit holders: zone C7", 26, "#1457a8"),
    ]
    return photographed(beside(plate, stacked((460, 420), "white", words), "white"), seed=3, lean=0.05, noise=7)


def pool_rules() -> Image.Image:
    words = [
        ("POOL RULES", 50, "#0b4f6c"),
        ("1. Shower before you swim", 30, "#12232e"),
        ("2. No running", 30, "#12232e"),
        ("3. No glass bottles", 30, "#12232e"),
        ("4. Children under 8 with an adult only", 30, "#12232e"),
        ("Depth at this end: 1.35 m", 34, "#a3281f"),
    ]
    return photographed(stacked((740, 520), "#d8eef5", words, border="#0b4f6c"), seed=4, tilt=1.5)


def exit_arrow() -> Image.Image:
    arrow = Image.new("RGB", (240, 300), "#0a7a3b")
    shape = [(30, 150), (120, 60), (120, 115), (215, 115), (215, 185), (120, 185), (120, 240)]
    ImageDraw.Draw(arrow).polygon(shape, fill="white")
    words = [("EXIT", 90, "white"), ("Gates 12 – 24", 38, "white")]
    return photographed(beside(arrow, stacked((460, 300), "#0a7a3b", words), "#0a7a3b"), seed=5, backdrop="#33363a")


def break_notice() -> Image.Image:
    lines = [
        ("ПЕРЕРЫВ", 66, "#a3281f"),
        ("с 13:00 до 13:45", 46, "#1a1a1a"),
        ("Касса № 3 работает без перерыва", 28, "#1a1a1a"),
    ]
    return photographed(stacked((660, 330), "#fffdf2", lines), seed=6, tilt=-4, lean=0.03, backdrop="#6f5a43")


def lift_load() -> Image.Image:
    lines = [
        ("ЛИФТ ПАССАЖИРСКИЙ", 40, "#20262d"),
        ("Грузоподъёмность 400 кг", 34, "#20262d"),
        ("Не более 5 человек", 34, "#20262d"),
        ("Диспетчер: 8 (495) 123-45-67", 28, "#20262d"),
    ]
    return photographed(stacked((640, 360), "#c9ccd0", lines, border="#787d84"), seed=7, lean=-0.03, noise=8)


def pharmacy() -> Image.Image:
    cross = Image.new("RGB", (260, 320), "#0d6b3a")
    draw = ImageDraw.Draw(cross)
    draw.rectangle((100, 70, 160, 250), fill="white")
    draw.rectangle((40, 130, 220, 190), fill="white")
    words = [("АПТЕКА", 84, "white"), ("круглосуточно", 40, "#d9f2e2"), ("вход со двора", 34, "#ffe27a")]
    return photographed(beside(cross, stacked((480, 320), "#0d6b3a", words), "#0d6b3a"), seed=8, backdrop="#262a33")


def metro() -> Image.Image:
    circle = Image.new("RGB", (200, 300), "#f4f4f4")
    ImageDraw.Draw(circle).ellipse((30, 80, 170, 220), fill="#1c7cc4")
    ImageDraw.Draw(circle).text((100, 150), "3", "white", font=font(90, "Sans-Bold"), anchor="mm")
    words = [
        ("К поездам до станций", 32, "#222222"),
        ("Озёрная, Парковая, Северная", 32, "#222222"),
        ("Переход на линию 5 — направо", 30, "#8a4a12"),
    ]
    return photographed(beside(circle, stacked((600, 300), "#f4f4f4", words), "#f4f4f4"), seed=9, tilt=1)


def high_voltage() -> Image.Image:
    plate = Image.new("RGB", (520, 560), "#f7d417")
    draw = ImageDraw.Draw(plate)
    draw.polygon([(260, 40), (70, 350), (450, 350)], outline="black", width=16)
    draw.polygon([(285, 130), (205, 250), (255, 250), (230, 330), (315, 215), (265, 215)], fill="black")
    draw.text((260, 420), "СТОЙ!", "black", font=font(64, "Sans-Bold"), anchor="mm")
    draw.text((260, 495), "НАПРЯЖЕНИЕ 10 кВ", "black", font=font(40, "Sans-Bold"), anchor="mm")
    return photographed(plate, seed=10, tilt=2.5, lean=0.04, backdrop="#566157", noise=8)


def beach() -> Image.Image:
    lines = [
        ("КУПАТЬСЯ ЗАПРЕЩЕНО", 44, "#b3121d"),
        ("Сильное течение", 38, "#12232e"),
        ("Ближайший пляж — 800 м", 36, "#12232e"),
        ("Телефон спасателей: 112", 36, "#12232e"),
    ]
    return photographed(stacked((720, 400), "white", lines, border="#b3121d"), seed=11, tilt=-1.5, backdrop="#7fa3b5")


DRAWINGS = (
    shop_hours, wet_floor, parking, pool_rules, exit_arrow, break_notice, lift_load, pharmacy, metro, high_voltage,
    beach,
)  # fmt: skip
