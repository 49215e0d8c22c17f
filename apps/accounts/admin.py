"""The admin site: admins only, through our own sign-in. People are changed on the people page, where it is audited."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin  # noqa: F401 - registers Group, so that it can be taken off below
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from apps.accounts.access import signed_in
from apps.accounts.models import ApiToken, Invitation, TokenBucket, User
from apps.accounts.views.sessions import sign_out
from apps.web.read_only import ReadOnlyAdmin
from apps.web.return_address import return_address


@login_required
def enter(request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
    """In place of the admin's own form: strangers sign in at our door, and only admins come further."""
    if not signed_in(request).is_active_admin:
        raise PermissionDenied
    return redirect(return_address(request, "admin:index"))


def to_profile(request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
    return redirect("accounts:profile")


def leave(request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponseBase:
    return sign_out(request)


admin.site.login = enter  # type: ignore[method-assign]
admin.site.logout = leave  # type: ignore[assignment, method-assign]
admin.site.password_change = to_profile  # type: ignore[assignment, method-assign]
admin.site.site_header = admin.site.site_title = _("SBS Platform: administration")
admin.site.unregister(Group)  # roles decide here
admin.site.index_title = _("Rows as they are stored")


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["email", "name", "role", "is_active", "simulated", "last_login"]
    list_filter = ["role", "is_active", "simulated"]
    search_fields = ["email", "name"]
    exclude = ["password"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["email", "role", "invited_by", "created_at", "expires_at", "accepted_by"]
    list_select_related = ["invited_by", "accepted_by"]
    list_filter = ["role"]
    search_fields = ["email"]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "user", "created_at", "last_used_at", "expires_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__email"]


@admin.register(TokenBucket)
class TokenBucketAdmin(ReadOnlyAdmin):
    """Deleting a row lets a locked-out person try again at once."""

    list_display = ["key", "tokens", "updated_at"]
    search_fields = ["key"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return signed_in(request).is_active_admin
