from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import researchers, signed_in
from apps.buckets.access import access_bucket, access_image, access_task, may_edit
from apps.buckets.domain.bars import bar_chart
from apps.buckets.examples import EXAMPLES
from apps.buckets.forms import ImportForm, MemberForm, filter_form
from apps.buckets.importers import ImportRefused
from apps.buckets.pictures.serving import picture_response, thumbnail_response
from apps.buckets.queries import bucket_facts, bucket_list, distribution, find_tasks, neighbours, versions_of
from apps.buckets.services import MemberRefused, add_member, import_bucket, remove_member
from apps.buckets.uploads import saved_uploads
from apps.web.paging import page_of
from apps.web.posted import posted

if TYPE_CHECKING:
    from apps.buckets.models import Bucket


@require_GET
@researchers
def list_page(request: HttpRequest) -> HttpResponse:
    page = page_of(request, bucket_list(signed_in(request)))
    return render(request, "buckets/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@researchers
def import_page(request: HttpRequest) -> HttpResponse:
    form = ImportForm(posted(request), request.FILES or None)
    refused: ImportRefused | None = None
    if form.is_bound and form.is_valid():
        try:
            bucket = _import(request, form)
        except ImportRefused as error:
            refused = error
        else:
            messages.success(request, gettext("Imported %(bucket)s.") % {"bucket": bucket})
            return redirect("buckets:detail", bucket.public_id)
    context = {"form": form, "refused": refused, "examples": EXAMPLES}
    return render(request, "buckets/import.html", context, status=422 if form.is_bound else 200)


def _import(request: HttpRequest, form: ImportForm) -> Bucket:
    given = form.cleaned_data
    with saved_uploads(given["table"], given["images"]) as (table, images):
        return import_bucket(
            actor=signed_in(request),
            name=given["name"],
            description=given["description"],
            licence_notes=given["licence_notes"],
            table=table,
            images=images,
            warn=lambda text: messages.warning(request, text),
        )


@require_GET
@researchers
def example_file(request: HttpRequest, name: str) -> HttpResponse:
    if name not in EXAMPLES:
        raise Http404
    make, media_type = EXAMPLES[name]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(make(), content_type=media_type, headers=headers)


@require_GET
@researchers
def detail_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _detail(request, public_id, MemberForm())


def _detail(request: HttpRequest, public_id: UUID, member_form: MemberForm, status: int = 200) -> HttpResponse:
    user = signed_in(request)
    bucket = access_bucket(user, public_id)
    context = {
        "bucket": bucket,
        "facts": bucket_facts(bucket),
        "clusters": bar_chart(distribution(bucket, "cluster")),
        "languages": bar_chart(distribution(bucket, "language")),
        "versions": versions_of(bucket, user),
        "members": bucket.members.all(),
        "member_form": member_form if may_edit(user, bucket) else None,
    }
    return render(request, "buckets/detail.html", context, status=status)


@require_GET
@researchers
def tasks_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    bucket = access_bucket(signed_in(request), public_id)
    form = filter_form(request.GET, distribution(bucket, "cluster"), distribution(bucket, "language"))
    wanted = form.wanted()
    page = page_of(request, find_tasks(bucket, **wanted), size=24)
    context = {"bucket": bucket, "form": form, "page": page, "is_filtered": any(wanted.values())}
    return render(request, "buckets/tasks.html", context)


@require_GET
@researchers
def task_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    task = access_task(signed_in(request), public_id)
    before, after = neighbours(task)
    context = {"task": task, "bucket": task.bucket, "before": before, "after": after}
    return render(request, "buckets/task.html", {**context, "places": task.task_images.select_related("image")})


@require_GET
@researchers
def image_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    return picture_response(request, access_image(signed_in(request), public_id))


@require_GET
@researchers
def thumbnail_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    return thumbnail_response(request, access_image(signed_in(request), public_id))


@require_POST
@researchers
def member_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    bucket = access_bucket(signed_in(request), public_id, to="edit")
    form = MemberForm(request.POST)
    if not form.is_valid() or form.user is None:
        return _detail(request, public_id, form, status=422)
    if add_member(actor=signed_in(request), bucket=bucket, user=form.user):
        messages.success(request, gettext("%(name)s may now see this bucket.") % {"name": form.user})
    return redirect("buckets:detail", public_id)


@require_POST
@researchers
def member_remove(request: HttpRequest, public_id: UUID, user_id: UUID) -> HttpResponse:
    bucket = access_bucket(signed_in(request), public_id, to="edit")
    user = get_object_or_404(bucket.members, public_id=user_id)
    try:
        remove_member(actor=signed_in(request), bucket=bucket, user=user)
    except MemberRefused:
        messages.error(request, gettext("The person who made the bucket stays its member."))
    else:
        messages.success(request, gettext("%(name)s may no longer see this bucket.") % {"name": user})
    return redirect("buckets:detail", public_id)
