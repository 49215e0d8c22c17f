from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the fields sent, an empty set of them too; None when the page was only asked for."""
    return request.POST if request.method == "POST" else None
