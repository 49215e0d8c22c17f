"""A task's picture by its place on a page; its stored name and hash stay on the server."""

from django.http import FileResponse, Http404

from apps.buckets.models import Task

PICTURE_CACHE = "private, max-age=86400, immutable"


def picture_answer(task: Task, number: int) -> FileResponse:
    """`number` counts from 1. Raises Http404."""
    shown = list(task.task_images.select_related("image").order_by("position"))
    if not 1 <= number <= len(shown):
        raise Http404
    image = shown[number - 1].image
    try:
        content = image.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(content, content_type=image.media_type, filename=f"picture-{number}")
    response["Cache-Control"] = PICTURE_CACHE
    return response
