from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from apps.buckets.domain import limits
from apps.buckets.domain.languages import normal_tag
from apps.buckets.domain.problems import WHOLE_FILE, PictureProblem
from apps.buckets.importers.wording import worded
from apps.buckets.models import Bucket, Task
from apps.buckets.pictures.encoding import encode_picture
from apps.generation.queries import buckets_with_runs
from apps.pipelines.models import PipelineRevision

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from apps.accounts.models import User
    from apps.buckets.pictures.encoding import Picture

    BucketChoice = forms.ModelChoiceField[Bucket]
else:
    BucketChoice = forms.ModelChoiceField

LARGEST_SEED = 2**63 - 1
MOST_KEYS = 200  # offered while a task's key is typed


class BucketField(BucketChoice):
    def label_from_instance(self, obj: Bucket) -> str:
        tasks: int = getattr(obj, "task_count", 0)
        words = ngettext("%(bucket)s: %(tasks)s task", "%(bucket)s: %(tasks)s tasks", tasks)
        return words % {"bucket": obj, "tasks": tasks}


class StartForm(forms.Form):
    """What to run over what. Offers only buckets that `user` may see."""

    bucket = BucketField(label=_("Bucket"), queryset=Bucket.objects.none(), to_field_name="public_id")
    revision = forms.ModelChoiceField(
        label=_("Pipeline revision"),
        queryset=PipelineRevision.objects.select_related("pipeline").order_by("pipeline__name", "-number"),
        to_field_name="public_id",
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        help_text=_("Runs with the same seed draw the same chances. Leave 0 unless you repeat a run on purpose."),
        min_value=0,
        max_value=LARGEST_SEED,
        required=False,
    )
    anew = forms.BooleanField(
        label=_("Ask the models anew"),
        help_text=_("Otherwise what a model has answered before, to exactly the same question, is taken from store."),
        required=False,
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        buckets = Bucket.objects.visible_to(user).annotate(task_count=Count("tasks", distinct=True))
        self.fields["bucket"].queryset = buckets  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What `start_run` is given."""
        given = self.cleaned_data
        return {
            "bucket": given["bucket"],
            "revision": given["revision"],
            "seed": given["seed"] or 0,
            "use_cache": not given["anew"],
        }


class RunFilterForm(forms.Form):
    """The list's filter; what it can't make sense of filters nothing."""

    bucket = forms.ModelChoiceField(
        label=_("Bucket"),
        queryset=Bucket.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("All buckets"),
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["bucket"].queryset = buckets_with_runs(user)  # type: ignore[attr-defined]

    def chosen(self) -> Bucket | None:
        return self.cleaned_data.get("bucket") if self.is_valid() else None


class TrialForm(forms.Form):
    """What to try: a task of a bucket by its key, or what is typed, through one or two revisions.

    `cleaned_data` has `task` (None for what is typed) and `picture` (decoded and encoded anew).
    """

    revision = forms.ModelChoiceField(
        label=_("Pipeline revision"),
        queryset=PipelineRevision.objects.select_related("pipeline").order_by("pipeline__name", "-number"),
        to_field_name="public_id",
    )
    beside = forms.ModelChoiceField(
        label=_("A second one, to compare"),
        queryset=PipelineRevision.objects.select_related("pipeline").order_by("pipeline__name", "-number"),
        to_field_name="public_id",
        required=False,
        empty_label=_("None"),
    )
    bucket = BucketField(
        label=_("Bucket"),
        queryset=Bucket.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("None: I type something"),
    )
    key = forms.CharField(
        label=_("Key of the task"),
        help_text=_("As in the list of the bucket’s tasks. Left empty, it is the first one."),
        max_length=limits.MAX_KEY_CHARS,
        required=False,
        widget=forms.TextInput(attrs={"list": "task-keys", "autocomplete": "off"}),
    )
    instruction = forms.CharField(
        label=_("Instruction"),
        max_length=limits.MAX_INSTRUCTION_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = forms.CharField(
        label=_("Language"),
        help_text=_("A tag such as en or ru."),
        max_length=limits.MAX_LANGUAGE_CHARS,
        required=False,
    )
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG, JPEG, WebP, GIF, BMP or TIFF, at most 25 MB."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        buckets = Bucket.objects.visible_to(user).annotate(task_count=Count("tasks", distinct=True))
        self.fields["bucket"].queryset = buckets  # type: ignore[attr-defined]
        self.fields["language"].initial = (get_language() or "en").partition("-")[0]

    def keys(self) -> list[str]:
        """Of the bucket that the page was opened for, the first ones."""
        try:
            chosen = self.fields["bucket"].clean(self["bucket"].value())
        except ValidationError:
            chosen = None
        tasks = Task.objects.filter(bucket=chosen) if chosen else Task.objects.none()
        return list(tasks.order_by("position").values_list("key", flat=True)[:MOST_KEYS])

    def revisions(self) -> list[PipelineRevision]:
        given = (self.cleaned_data["revision"], self.cleaned_data["beside"])
        return [revision for revision in given if revision is not None]

    def clean_language(self) -> str:
        given = self.cleaned_data["language"] or self.fields["language"].initial
        tag = normal_tag(given)
        if tag is None:
            raise ValidationError(
                _("“%(value)s” is not a language tag. Write one such as en, ru, pt-BR or zh-Hans."),
                params={"value": given},
            )
        return tag

    def clean_picture(self) -> Picture | None:
        upload: UploadedFile[bytes] | None = self.cleaned_data["picture"]
        try:
            return decoded(upload) if upload else None
        except PictureProblem as problem:
            raise ValidationError(" ".join(worded(problem.at(WHOLE_FILE, "picture")))) from problem

    def clean(self) -> dict[str, Any]:
        given = {"bucket": None, "key": "", "instruction": "", "picture": None, **self.cleaned_data, "task": None}
        if given.get("beside") and given["beside"] == given.get("revision"):
            self.add_error("beside", _("This is the same revision. Choose another one, or none."))
        if given["bucket"] is not None:
            given["task"] = self.task_of(given["bucket"], given["key"].strip())
            if given["instruction"].strip() or given["picture"]:
                self.add_error("bucket", _("Choose a task of a bucket or type an instruction, not both."))
        elif not given["instruction"].strip() and "bucket" not in self.errors and "instruction" not in self.errors:
            self.add_error("instruction", _("Type what to ask, or choose a bucket above."))
        return given

    def task_of(self, bucket: Bucket, key: str) -> Task | None:
        tasks = Task.objects.filter(bucket=bucket).order_by("position")
        task = (tasks.filter(key=key) if key else tasks).first()
        if task is None and key:
            words = _("%(bucket)s has no task “%(key)s”. Its keys stand in the list of its tasks.")
            self.add_error("key", ValidationError(words, params={"bucket": bucket, "key": key}))
        elif task is None:
            self.add_error("bucket", _("This bucket has no tasks."))
        return task


def decoded(upload: UploadedFile[bytes]) -> Picture:
    """As pictures of buckets are. Raises PictureProblem."""
    name = (upload.name or "")[:80]
    if (upload.size or 0) > limits.MAX_PICTURE_BYTES:
        raise PictureProblem("picture_too_large", name=name, most_mb=limits.MAX_PICTURE_BYTES // limits.MEGABYTE)
    return encode_picture(upload.read(), name)
