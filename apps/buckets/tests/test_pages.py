"""What people see of buckets, and who does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.buckets.examples import EXAMPLES
from apps.buckets.models import Bucket, Image, Task
from apps.buckets.tests.makers import make_bucket, picture_bytes, task_line, write_jsonl, write_zip

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from conftest import Cast


def addresses(bucket: Bucket) -> list[str]:
    task, image = bucket.tasks.all()[0], Image.objects.all()[0]
    return [
        reverse("buckets:detail", args=[bucket.public_id]),
        reverse("buckets:tasks", args=[bucket.public_id]),
        reverse("buckets:task", args=[task.public_id]),
        reverse("buckets:image", args=[image.public_id]),
        reverse("buckets:thumbnail", args=[image.public_id]),
    ]


def test_members_and_admins_see_a_bucket_others_do_not_know_of_it(client: Client, cast: Cast) -> None:
    bucket = make_bucket(cast.researcher, images=1)
    for user, expected in ((cast.researcher, 200), (cast.admin, 200), (cast.outsider, 404), (cast.assessor, 403)):
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses(bucket)] == [expected] * 5
    client.logout()
    assert {client.get(address).status_code for address in addresses(bucket)} == {302}


def test_the_list_shows_counts_and_only_what_one_may_see(
    client: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        make_bucket(cast.researcher, name=f"Bucket {number}", tasks=4)
    client.force_login(cast.researcher)
    with django_assert_max_num_queries(6):
        response = client.get(reverse("buckets:list"))
    first = response.context["page"][0]
    assert (first.task_count, first.cluster_count, first.language_count) == (4, 2, 2)
    client.force_login(cast.outsider)
    assert "Bucket 1" not in client.get(reverse("buckets:list")).content.decode()


def test_the_page_of_a_bucket_shows_its_distribution_in_picture_and_table(client: Client, cast: Cast) -> None:
    bucket = make_bucket(cast.researcher, tasks=6)
    client.force_login(cast.researcher)
    page = client.get(reverse("buckets:detail", args=[bucket.public_id])).content.decode()
    figures = page.split("<figure")[1:]
    assert [("<svg" in figure, "<table" in figure) for figure in figures] == [(True, True)] * 2
    assert "?cluster=colours" in page
    assert 'style="' not in page


def test_tasks_are_filtered_and_searched(client: Client, cast: Cast) -> None:
    bucket = make_bucket(cast.researcher, tasks=8)
    client.force_login(cast.researcher)

    def keys(query: str) -> list[str]:
        response = client.get(reverse("buckets:tasks", args=[bucket.public_id]) + query)
        return [task.key for task in response.context["page"]]

    assert keys("?cluster=shapes&language=ru") == ["t3", "t7"]
    assert keys("?search=t5") == ["t5"]
    assert len(keys("?cluster=unknown&page=99")) == 8


def test_task_text_says_its_language(client: Client, cast: Cast) -> None:
    bucket = make_bucket(cast.researcher, images=1)
    client.force_login(cast.researcher)
    task = bucket.tasks.get(language="ru")
    page = client.get(reverse("buckets:task", args=[task.public_id])).content.decode()
    assert page.count('lang="ru"') >= 3
    assert 'alt="A plain square"' in page


def test_a_picture_is_served_without_telling_more(client: Client, cast: Cast) -> None:
    bucket = make_bucket(cast.researcher, images=1)
    client.force_login(cast.researcher)
    for address in addresses(bucket)[3:]:
        response = client.get(address)
        assert response.headers["Content-Type"] in {"image/png", "image/jpeg"}
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Disposition"] == "inline; filename=picture"
        assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        again = client.get(address, headers={"if-none-match": response.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    client.force_login(cast.outsider)
    assert client.get(address, headers={"if-none-match": response.headers["ETag"]}).status_code == 404


def upload(client: Client, table: Path, images: Path | None = None, **fields: str) -> object:
    files = {"table": SimpleUploadedFile(table.name, table.read_bytes())}
    if images:
        files["images"] = SimpleUploadedFile(images.name, images.read_bytes())
    return client.post(reverse("buckets:import"), {"name": "Mine", **fields, **files})


def test_a_table_and_its_pictures_are_imported_from_the_page(client: Client, cast: Cast, tmp_path: Path) -> None:
    client.force_login(cast.researcher)
    pictures = write_zip(tmp_path / "p.zip", {"a.png": picture_bytes(), "spare.png": picture_bytes()})
    response = upload(client, write_jsonl(tmp_path, task_line(image="a.png")), pictures)
    bucket = Bucket.objects.get()
    assert getattr(response, "url", None) == reverse("buckets:detail", args=[bucket.public_id])
    assert "spare.png" in client.get(reverse("buckets:detail", args=[bucket.public_id])).content.decode()


def test_refused_rows_are_listed_with_their_count(client: Client, cast: Cast, tmp_path: Path) -> None:
    client.force_login(cast.researcher)
    table = write_jsonl(tmp_path, *(task_line(key=str(number), language="<b>") for number in range(2000)))
    response = upload(client, table)
    assert getattr(response, "status_code", None) == 422
    page = getattr(response, "content", b"").decode()
    assert "2000 problems" in page.replace(",", "").replace("\xa0", "")
    assert page.count("&lt;b&gt;") == 50
    assert "<b>" not in page
    assert not Task.objects.exists()


@pytest.mark.parametrize("name", ["t.exe", "t", "t.jsonl.zip"])
def test_a_table_of_another_kind_is_refused_beside_its_field(
    client: Client, cast: Cast, tmp_path: Path, name: str
) -> None:
    client.force_login(cast.researcher)
    table = tmp_path / name
    table.write_text("x")
    response = upload(client, table)
    form = getattr(response, "context", {})["form"]
    assert list(form.errors) == ["table"]


def test_the_examples_import_as_they_are(client: Client, cast: Cast, tmp_path: Path) -> None:
    client.force_login(cast.researcher)
    for name in EXAMPLES:
        response = client.get(reverse("buckets:example", args=[name]))
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        (tmp_path / name).write_bytes(response.content)
    for name in ("tasks.jsonl", "tasks.csv"):
        upload(client, tmp_path / name, tmp_path / "pictures.zip")
    first, second = Bucket.objects.order_by("version")
    assert first.sha256 == second.sha256
    assert client.get(reverse("buckets:example", args=["passwords.txt"])).status_code == 404


def test_only_the_creator_and_admins_change_members(client: Client, cast: Cast) -> None:
    bucket = make_bucket(cast.researcher)
    add = reverse("buckets:member_add", args=[bucket.public_id])
    client.force_login(cast.researcher)
    assert client.post(add, {"email": "OUTSIDER@example.org"}).status_code == 302
    for email in ("assessor@example.org", "nobody@example.org", "nonsense"):
        assert client.post(add, {"email": email}).status_code == 422
    client.force_login(cast.outsider)
    remove = reverse("buckets:member_remove", args=[bucket.public_id, cast.outsider.public_id])
    assert client.post(remove).status_code == 403
    client.force_login(cast.admin)
    assert client.post(remove).status_code == 302
    assert list(bucket.members.all()) == [cast.researcher]
