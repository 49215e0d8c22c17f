"""The page that takes judgments made elsewhere: first it shows what the file says, then it keeps it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.access import researchers, signed_in
from apps.assessment import services
from apps.assessment.domain.elsewhere import MOST_BYTES, CannotImport, Wrong
from apps.assessment.forms.importing import BecomesForm, ImportJudgmentsForm
from apps.assessment.models import Evaluation


@require_http_methods(["GET", "HEAD", "POST"])
@researchers
def import_page(request: HttpRequest) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form, wrong, asked = ImportJudgmentsForm(*sent), list[Wrong](), None
    if form.is_valid():
        try:
            asked = _looked(request, form)
            if asked.is_valid():
                return _done(request, _kept(request, form, asked))
        except CannotImport as refused:
            wrong = refused.wrong
    status = 422 if wrong or form.errors or (asked and asked.errors) else 200
    return render(request, "assessment/import.html", {"form": form, "asked": asked, "wrong": wrong}, status=status)


def _looked(request: HttpRequest, form: ImportJudgmentsForm) -> BecomesForm:
    content = form.cleaned_data["file"].read(MOST_BYTES + 1)
    return BecomesForm(request.POST, services.look_into(form.cleaned_data["form"], content, form.names))


def _kept(request: HttpRequest, form: ImportJudgmentsForm, asked: BecomesForm) -> list[Evaluation]:
    return services.import_judgments(
        actor=signed_in(request),
        name=form.cleaned_data["name"],
        look=asked.look,
        becomes=asked.becomes,
        tie_within=asked.cleaned_data["tie_within"],
    )


def _done(request: HttpRequest, kept: list[Evaluation]) -> HttpResponse:
    done = ngettext("%(count)d evaluation is imported.", "%(count)d evaluations are imported.", len(kept))
    messages.success(request, done % {"count": len(kept)})
    return redirect("assessment:detail", kept[0].public_id) if len(kept) == 1 else redirect("assessment:list")
