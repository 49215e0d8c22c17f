"""Every page × role against `expected_access.toml`. A page that is missing there fails."""

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from apps.accounts.models import TokenBucket, User
from apps.assessment.models import Skip, SkipReason
from conftest import Cast
from tests.access_table import ROWS, admin_pages, admin_rows, expected, named_pages, parts_of
from tests.world import World, make_world


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    listed = {name for _method, name in ROWS}
    assert named_pages() - listed == set(), "add these pages to tests/expected_access.toml"
    assert listed - named_pages() == set(), "these rows have no page any more"


@pytest.mark.slow
@pytest.mark.parametrize("room", sorted({name.partition(":")[0] for _method, name in ROWS}))
def test_who_may_open_the_pages_of(room: str, cast: Cast) -> None:
    world, wrong = make_world(cast), []
    sessions = {role: session_of(user) for role, user in vars(cast).items()}
    for method, name in ROWS:
        if name.startswith(f"{room}:"):
            address = address_of(name, world)
            for role, wanted in expected(method, name).items():
                seen = visit(method, address, sessions.get(role))
                if seen not in wanted.split("|"):
                    wrong.append(f"{method} {name} as {role}: {seen} instead of {wanted}")
    assert wrong == []


def test_the_admin_site_lists_every_page() -> None:
    assert admin_pages() == set(admin_rows())


@pytest.mark.slow
@pytest.mark.parametrize("role", ["anonymous", "assessor", "researcher", "outsider", "admin"])
def test_the_admin_site_is_for_admins(role: str, cast: Cast) -> None:
    make_what_only_admins_see(make_world(cast))
    user = getattr(cast, role, None)
    session = session_of(user) if user else None
    seen = {page: visit("GET", admin_address(page), session) for page in admin_rows()}
    assert seen == {page: statuses[role] for page, statuses in admin_rows().items()}


def make_what_only_admins_see(world: World) -> None:
    now = timezone.now()
    TokenBucket.objects.create(key="somebody", tokens=1, updated_at=now)
    Skip.objects.create(
        comparison=world.assignment.comparison, assessor=world.person, reason=SkipReason.OTHER, skipped_at=now
    )


def admin_address(page: str) -> str:
    """Of the latest row where the page shows one."""
    room, _, rest = page.partition("_")
    names: dict[str, dict[str, Any]] = {
        "app_list": {"app_label": "buckets"},
        "view_on_site": {"content_type_id": 1, "object_id": 1},
    }
    if rest.endswith(("_change", "_history", "_delete")):
        model = apps.get_model(room, rest.rpartition("_")[0])
        return reverse(f"admin:{page}", args=[model._default_manager.latest("pk").pk])
    asked = "?app_label=buckets&model_name=task&field_name=bucket&term=x" if page == "autocomplete" else ""
    return reverse(f"admin:{page}", kwargs=names.get(page)) + asked


def address_of(name: str, world: World) -> str:
    """Parts of the address are fields of the world, a row standing for its public id, or plain words."""
    parts = {part: getattr(world, word, word) for part, word in parts_of(name).items()}
    ids = {part: getattr(value, "public_id", value) for part, value in parts.items()}
    for used in (ids, {}):
        try:
            return reverse(name, kwargs=used)
        except NoReverseMatch:
            continue
    raise AssertionError(f"say in [objects] of tests/expected_access.toml what stands for the parts of {name}")


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def visit(method: str, address: str, session: str | None) -> str:
    """The status, or `sign-in` when sent to that page. What the visit changed is rolled back."""
    client = Client()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        answer = client.generic(method, address)
        if answer.streaming:
            list(answer)  # reads a file to its end, which closes it
        transaction.set_rollback(True)
    to_door = answer.headers.get("Location", "").startswith(reverse("accounts:sign_in"))
    return "sign-in" if answer.status_code == 302 and to_door else str(answer.status_code)
