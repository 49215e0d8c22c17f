from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, User
from apps.buckets.domain import limits
from apps.buckets.importers import table_suffixes

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class ImportForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("The name of a bucket you already have makes its next version."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    licence_notes = forms.CharField(
        label=_("Licence notes"),
        required=False,
        max_length=20_000,
        help_text=_("Where the texts and pictures come from, and under which licence. Shown with the bucket."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    table = forms.FileField(
        label=_("Table of tasks"),
        help_text=_("JSONL or CSV in UTF-8, at most 64 MB."),
        widget=forms.FileInput(attrs={"accept": ".jsonl,.ndjson,.csv,.tsv"}),
    )
    images = forms.FileField(
        label=_("Pictures"),
        required=False,
        help_text=_("A ZIP with the pictures that the table names, at most 512 MB."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )

    def clean_table(self) -> UploadedFile[bytes]:
        table: UploadedFile[bytes] = self.cleaned_data["table"]
        if Path(table.name or "").suffix.lower() not in table_suffixes():
            raise ValidationError(
                _("“%(name)s” is not a table we read. Give a file that ends in one of: %(known)s."),
                params={"name": (table.name or "")[:80], "known": ", ".join(table_suffixes())},
            )
        return _at_most(table, limits.MAX_UPLOAD_TABLE_BYTES)

    def clean_images(self) -> UploadedFile[bytes] | None:
        images: UploadedFile[bytes] | None = self.cleaned_data["images"]
        return _at_most(images, limits.MAX_UPLOAD_ARCHIVE_BYTES) if images else None


def _at_most(upload: UploadedFile[bytes], most: int) -> UploadedFile[bytes]:
    if (upload.size or 0) > most:
        raise ValidationError(
            _("The file has %(size)s MB, more than the %(most)s MB that this page takes. Use the command line."),
            params={"size": (upload.size or 0) // limits.MEGABYTE, "most": most // limits.MEGABYTE},
        )
    return upload


class TaskFilterForm(forms.Form):
    search = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    cluster = forms.ChoiceField(label=_("Cluster"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, clusters: list[str], languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (("cluster", clusters), ("language", languages)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("Any")), *((value, value) for value in values)]

    def wanted(self) -> dict[str, str]:
        """The filters that were understood; a value we don't know counts as none."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class MemberForm(forms.Form):
    email = forms.EmailField(label=_("E-mail of a researcher"))

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        self.user = User.objects.with_email(email).filter(is_active=True).exclude(role=Role.ASSESSOR).first()
        if self.user is None:
            raise ValidationError(_("There is no researcher with this e-mail. Invite them first."))
        return email


def filter_form(data: Any, clusters: list[tuple[str, int]], languages: list[tuple[str, int]]) -> TaskFilterForm:
    return TaskFilterForm(
        data, clusters=sorted(name for name, _n in clusters), languages=sorted(name for name, _n in languages)
    )
