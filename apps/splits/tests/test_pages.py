from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.pipelines.tests.makers import make_revision
from apps.splits.models import Exposure, Split
from apps.splits.services import assign_unit
from apps.splits.tests.makers import make_split
from conftest import Cast


def arms_form(*arms: tuple[str, str]) -> dict[str, str]:
    form = {"name": "Search", "coverage": "1", "seed": "", "arms-TOTAL_FORMS": "4", "arms-INITIAL_FORMS": "0"}
    for number, (revision, weight) in enumerate(arms):
        form |= {f"arms-{number}-revision": revision, f"arms-{number}-weight": weight}
    return form


def test_researchers_see_a_split_and_only_its_maker_or_an_admin_starts_and_stops_it(client: Client, cast: Cast) -> None:
    split = make_split(cast.researcher, started=False)
    page = reverse("splits:detail", args=[split.public_id])
    start, stop = (reverse(f"splits:{verb}", args=[split.public_id]) for verb in ("start", "stop"))
    for user, seen, changed in [(cast.assessor, 403, 403), (cast.outsider, 200, 403), (cast.researcher, 200, 302)]:
        client.force_login(user)
        assert (client.get(page).status_code, client.post(start).status_code) == (seen, changed)
    split.refresh_from_db()
    assert split.state == "running"
    client.force_login(cast.admin)
    client.post(stop)
    split.refresh_from_db()
    assert split.state == "stopped"


def test_a_researcher_makes_a_split_of_three_arms(client: Client, cast: Cast) -> None:
    revision = str(make_revision(cast.researcher).public_id)
    client.force_login(cast.researcher)
    client.post(reverse("splits:create"), arms_form((revision, "0.5"), (revision, "0.3"), (revision, "0.2")))
    split = Split.objects.get()
    assert [arm.weight for arm in split.arms.all()] == [0.5, 0.3, 0.2]
    assert len(split.seed) == 16
    assert "Search" in client.get(reverse("splits:list")).text


def test_what_is_wrong_with_a_split_is_said_on_the_form(client: Client, cast: Cast) -> None:
    revision = str(make_revision(cast.researcher).public_id)
    client.force_login(cast.researcher)
    refused = client.post(reverse("splits:create"), arms_form((revision, "0.5"), (revision, "0.4")))
    assert refused.status_code == 422
    assert "add up to 1" in refused.text
    page = client.post(reverse("splits:create"), arms_form((revision, "0.5"))).text
    assert "This field is required" in page
    assert not Split.objects.exists()


def test_shares_that_were_not_held_raise_the_alarm(client: Client, cast: Cast) -> None:
    split, now = make_split(cast.researcher), timezone.now()
    client.force_login(cast.researcher)
    url = reverse("splits:detail", args=[split.public_id])
    assert "too few exposures" in client.get(url).text
    for number in range(200):
        assign_unit(split=split, unit=f"user-{number}", now=now)
    assert "no sample ratio mismatch" in client.get(url).text
    lost = Exposure.objects.filter(arm__position=0).order_by("pk")[:60]
    Exposure.objects.filter(pk__in=[exposure.pk for exposure in lost]).delete()
    assert "trust any result" in client.get(url).text
