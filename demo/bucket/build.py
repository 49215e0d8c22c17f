"""Write the demo bucket: a table, the pictures it names, and their licences. Nothing is downloaded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from apps.web.progress import Tell, tell_nobody
from demo.bucket import documents, menus, signs
from demo.bucket.copies import photograph, shape

HERE = Path(__file__).parent
TEXTS = ("shapes", "photographs", "signs", "menus", "documents", "knowledge", "writing")


def write_demo_bucket(folder: Path, tell: Tell = tell_nobody) -> Path:
    """The path of `tasks.jsonl`; pictures lie in folders beside it, `LICENCES.md` too. Same pixels every time."""
    lines = [line for name in TEXTS for line in (HERE / "texts" / f"{name}.jsonl").read_text("utf-8").splitlines()]
    names = list(_picture_names(lines))
    for number, name in enumerate(names, start=1):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _picture(name).save(path, quality=90)
        tell("Drawing and copying pictures", number, len(names))
    shutil.copyfile(HERE / "LICENCES.md", folder / "LICENCES.md")
    table = folder / "tasks.jsonl"
    table.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return table


def _picture_names(lines: list[str]) -> Iterator[str]:
    yield from sorted({name for line in lines for name in json.loads(line).get("images", [])})


def _picture(name: str) -> Image.Image:
    """`signs/parking.jpg` is what `signs.parking()` draws; shapes and photographs are copies."""
    room, _, file_name = name.partition("/")
    if room == "shapes":
        return shape(Path(file_name).stem)
    if room == "photographs":
        return photograph(file_name)
    return _drawings()[name]()


def _drawings() -> dict[str, Callable[[], Image.Image]]:
    rooms = {"signs": signs.DRAWINGS, "menus": menus.DRAWINGS, "documents": documents.DRAWINGS}
    return {f"{room}/{draw.__name__}.jpg": draw for room, drawings in rooms.items() for draw in drawings}
