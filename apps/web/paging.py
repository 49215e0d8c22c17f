from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)


def page_of(request: HttpRequest, queryset: QuerySet[M], size: int = 50) -> Page[M]:
    """The page that `?page=` asks for; the first for nonsense, the last for one beyond the end."""
    return Paginator(queryset, size).get_page(request.GET.get("page"))
