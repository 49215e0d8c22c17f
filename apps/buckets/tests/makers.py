import hashlib
import io
import json
import zipfile
from pathlib import Path

from django.core.files.base import ContentFile
from PIL import Image as Pillow

from apps.accounts.models import User
from apps.buckets.models import Bucket, Image, Task, TaskImage


def make_image(colour: str = "red", size: tuple[int, int] = (16, 12)) -> Image:
    buffer = io.BytesIO()
    Pillow.new("RGB", size, colour).save(buffer, "PNG")
    data = buffer.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    existing = Image.objects.filter(sha256=digest).first()
    return existing or Image.objects.create(
        sha256=digest,
        file=ContentFile(data, name=f"{digest}.png"),
        media_type="image/png",
        width_px=size[0],
        height_px=size[1],
        size_bytes=len(data),
    )


def make_bucket(owner: User, *, name: str = "Bucket", tasks: int = 3, images: int = 0) -> Bucket:
    """`tasks` tasks in clusters colours/shapes, languages en/ru in turn, each with `images` pictures."""
    bucket = Bucket.objects.create(name=name, created_by=owner, sha256=hashlib.sha256(name.encode()).hexdigest())
    bucket.members.add(owner)
    for position in range(tasks):
        task = Task.objects.create(
            bucket=bucket,
            key=f"t{position}",
            position=position,
            instruction=f"Question {position}?",
            language=["en", "ru"][position % 2],
            cluster=["colours", "shapes"][position // 2 % 2],
        )
        for place in range(images):
            image = make_image(["red", "green", "blue"][(position + place) % 3])
            TaskImage.objects.create(task=task, image=image, position=place, alt="A plain square")
    return bucket


def task_line(**values: object) -> dict[str, object]:
    """A sound row of a table; `values` replace or add columns, None removes one."""
    row = {"key": "t1", "instruction": "What is it?", "language": "en", "cluster": "objects", **values}
    return {name: value for name, value in row.items() if value is not None}


def write_jsonl(folder: Path, *rows: dict[str, object]) -> Path:
    table = folder / "tasks.jsonl"
    table.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return table


def picture_bytes(format_name: str = "PNG", colour: str = "red", size: tuple[int, int] = (16, 12)) -> bytes:
    buffer = io.BytesIO()
    Pillow.new("RGB", size, colour).save(buffer, format_name)
    return buffer.getvalue()


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path
