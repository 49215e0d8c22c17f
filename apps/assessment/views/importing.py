"""The page that takes judgments made elsewhere."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.access import researchers, signed_in
from apps.assessment import services
from apps.assessment.domain.elsewhere import MOST_BYTES, CannotImport, Wrong
from apps.assessment.forms.importing import ImportJudgmentsForm


@require_http_methods(["GET", "HEAD", "POST"])
@researchers
def import_page(request: HttpRequest) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form, wrong = ImportJudgmentsForm(*sent), list[Wrong]()
    if form.is_valid():
        said = form.cleaned_data
        try:
            content = said["file"].read(MOST_BYTES + 1)
            kept = services.import_judgments(
                actor=signed_in(request), name=said["name"], form=said["form"], content=content, names=form.names
            )
        except CannotImport as refused:
            wrong = refused.wrong
        else:
            done = ngettext("%(count)d evaluation is imported.", "%(count)d evaluations are imported.", len(kept))
            messages.success(request, done % {"count": len(kept)})
            return redirect("assessment:detail", kept[0].public_id) if len(kept) == 1 else redirect("assessment:list")
    status = 422 if form.is_bound else 200
    return render(request, "assessment/import.html", {"form": form, "wrong": wrong}, status=status)
