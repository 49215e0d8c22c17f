"""Tasks as the runner takes them: pictures are files on this machine."""

from __future__ import annotations

import errno
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from inference.contracts import Failure, Outcome, TaskInput
from inference.errors import must_pass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from django.db.models.fields.files import FieldFile

    from apps.buckets.models import Image
    from apps.generation.models import Answer

REMEDIES = {
    errno.ENOSPC: "Free space where this machine keeps temporary files (TMPDIR), then try again.",
    errno.EDQUOT: "Free space where this machine keeps temporary files (TMPDIR), then try again.",
}


@contextmanager
def copies_folder() -> Iterator[Callable[[], Path]]:
    """A temporary folder, made when it is first asked for, since most storages need none. Asking may raise OSError."""
    with ExitStack() as stack:
        yield cache(lambda: Path(stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))))


def prepare_inputs(answers: Sequence[Answer], folder: Callable[[], Path]) -> tuple[list[TaskInput], dict[str, Outcome]]:
    """Inputs in the order of `answers`, and by task key the failed outcomes of those whose pictures can't be had here.

    Pictures of a remote storage are copied into `folder()`.
    """
    inputs: list[TaskInput] = []
    failed: dict[str, Outcome] = {}
    for answer in answers:
        try:
            inputs.append(_task_input(answer, folder))
        except Exception as error:  # a storage has errors of its own, such as botocore's ClientError
            if must_pass(error):
                raise
            failed[answer.task.key] = Outcome(answer.task.key, text=None, failure=unread_picture(error))
    return inputs, failed


def unread_picture(error: Exception) -> Failure:
    remedy = REMEDIES.get(getattr(error, "errno", None) or 0, "All workers must share the storage.")
    words = str(error) or type(error).__name__
    return Failure("transient", f"A picture can't be had on this machine: {words}. {remedy}", retryable=True)


def _task_input(answer: Answer, folder: Callable[[], Path]) -> TaskInput:
    task = answer.task
    return TaskInput(
        id=task.key,  # seeds are drawn from it: the same for every run over the bucket, on every installation
        instruction=task.instruction,
        language=task.language,
        images=local_files([place.image for place in task.task_images.all()], folder),
    )


def local_files(images: Iterable[Image], folder: Callable[[], Path]) -> tuple[Path, ...]:
    """Raises OSError, or what the storage raises, for a picture that can't be had here."""
    return tuple(_local_path(image.file, folder) for image in images)


def _local_path(file: FieldFile, folder: Callable[[], Path]) -> Path:
    try:
        path = Path(file.path)
    except NotImplementedError:  # a storage without paths, such as S3
        path = folder() / Path(file.name or "").name
        if not path.exists():
            _copy(file, path)
    if not path.is_file():
        raise FileNotFoundError(str(path))
    return path


def _copy(file: FieldFile, path: Path) -> None:
    """Whole or not at all: half a picture must not stand where the next task looks for it."""
    draft = path.with_name(f"{path.name}.part")
    with file.open("rb") as remote:
        draft.write_bytes(remote.read())
    draft.rename(path)
