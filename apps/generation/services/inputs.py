"""Tasks as the runner takes them: pictures are files on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inference.contracts import Failure, Outcome, TaskInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models.fields.files import FieldFile

    from apps.buckets.models import Image
    from apps.generation.models import Answer


def prepare_inputs(answers: Sequence[Answer], folder: Path) -> tuple[list[TaskInput], dict[str, Outcome]]:
    """Inputs in the order of `answers`, and by task key the failed outcomes of those whose pictures can't be had here.

    Pictures of a remote storage are copied into `folder`.
    """
    inputs: list[TaskInput] = []
    failed: dict[str, Outcome] = {}
    for answer in answers:
        try:
            inputs.append(_task_input(answer, folder))
        except OSError as error:
            failed[answer.task.key] = Outcome(answer.task.key, text=None, failure=unread_picture(error))
    return inputs, failed


def unread_picture(error: OSError) -> Failure:
    message = f"A picture can't be read from the storage: {error}. All workers must share it."
    return Failure("transient", message, retryable=True)


def _task_input(answer: Answer, folder: Path) -> TaskInput:
    task = answer.task
    return TaskInput(
        id=task.key,  # seeds are drawn from it: the same for every run over the bucket, on every installation
        instruction=task.instruction,
        language=task.language,
        images=local_files([place.image for place in task.task_images.all()], folder),
    )


def local_files(images: Iterable[Image], folder: Path) -> tuple[Path, ...]:
    """Raises OSError for a picture that can't be had here."""
    return tuple(_local_path(image.file, folder) for image in images)


def _local_path(file: FieldFile, folder: Path) -> Path:
    try:
        path = Path(file.path)
    except NotImplementedError:  # a storage without paths, such as S3
        path = folder / Path(file.name or "").name
        if not path.exists():
            with file.open("rb") as remote:
                path.write_bytes(remote.read())
    if not path.is_file():
        raise FileNotFoundError(str(path))
    return path
