"""A stored picture as a response that tells a browser no more than the picture. Callers check access first.

Names, types and times are the same for every picture, so that nothing beside it reaches an assessor.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.http import FileResponse, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from PIL import Image as Pillow

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

    from apps.buckets.models import Image

THUMBNAIL_PX = 320
_TYPES = frozenset({"image/png", "image/jpeg"})


def picture_response(request: HttpRequest, image: Image) -> HttpResponseBase:
    """The whole picture, or 304 when the browser has it."""
    etag = quote_etag(image.sha256)
    response = get_conditional_response(request, etag=etag)
    return _headed(response or FileResponse(image.file.open("rb")), _safe_type(image.media_type), etag)


def thumbnail_response(request: HttpRequest, image: Image) -> HttpResponseBase:
    """At most 320 pixels a side, made on the way; browsers keep it."""
    etag = quote_etag(f"{image.sha256}-{THUMBNAIL_PX}")
    response = get_conditional_response(request, etag=etag)
    return _headed(response or HttpResponse(_thumbnail(image)), "image/jpeg", etag)


def _thumbnail(image: Image) -> bytes:
    buffer = io.BytesIO()
    with image.file.open("rb") as stored, Pillow.open(stored, formats=("PNG", "JPEG")) as picture:
        picture.draft("RGB", (2 * THUMBNAIL_PX, 2 * THUMBNAIL_PX))
        picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
        picture.convert("RGB").save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _headed(response: HttpResponseBase, media_type: str, etag: str) -> HttpResponseBase:
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = "inline; filename=picture"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["ETag"] = etag
    return response


def _safe_type(media_type: str) -> str:
    return media_type if media_type in _TYPES else "application/octet-stream"
