from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from apps.accounts.models import Role, User

CURRENT = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}


class SignInForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(label=_("Password"), strip=False, widget=forms.PasswordInput(attrs=CURRENT))


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), help_text=_("The account will have this e-mail."))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def __init__(self, data: object = None, *, actor: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["role"].choices = [(role.value, role.label) for role in actor.invitable_roles]  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"),
        max_length=120,
        help_text=_("As colleagues know you."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs=NEW),
    )

    def __init__(self, data: object = None, *, email: str) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.email = email

    def clean(self) -> dict[str, object]:
        name, password = self.cleaned_data.get("name", ""), self.cleaned_data.get("password")
        try:
            validate_password(password or "", User(email=self.email, name=name))
        except ValidationError as error:
            if password:
                self.add_error("password", error)
        return self.cleaned_data


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser asks")), *settings.LANGUAGES]
    )


class NewPasswordForm(forms.Form):
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs=NEW),
    )

    def __init__(self, data: object = None, *, actor: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.actor = actor

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self.actor)
        return new


class PasswordForm(NewPasswordForm):
    """`actor` must show that they are the person before they may set another password."""

    field_order = ["current", "new"]
    current = forms.CharField(label=_("Current password"), strip=False, widget=forms.PasswordInput(attrs=CURRENT))

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.actor.check_password(current):
            raise ValidationError(_("This is not your current password."))
        return current


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


def _days() -> list[tuple[int, str]]:
    return [(days, ngettext("%(days)d day", "%(days)d days", days) % {"days": days}) for days in (7, 90, 365)]


class ApiTokenForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of an API token", "Name"),
        max_length=60,
        help_text=_("What will use it, for example “lmms-eval on gpu2”."),
    )
    days = forms.TypedChoiceField(
        label=_("Good for"),
        coerce=int,
        initial=90,
        choices=_days,
    )
