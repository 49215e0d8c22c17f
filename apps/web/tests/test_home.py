from django.test import Client

from conftest import Cast


def test_a_stranger_is_sent_to_sign_in_and_a_researcher_sees_the_walk(client: Client, cast: Cast) -> None:
    assert client.get("/").headers["Location"] == "/accounts/sign-in/?next=/"
    client.force_login(cast.researcher)
    page = client.get("/")
    assert page.status_code == 200
    assert b"Which of two pipelines answers better?" in page.content


def test_an_assessor_goes_straight_to_the_work(client: Client, cast: Cast) -> None:
    client.force_login(cast.assessor)
    assert client.get("/").headers["Location"].startswith("/evaluations/judge")


def test_style_page_is_for_those_who_build_pages(client: Client, cast: Cast) -> None:
    client.force_login(cast.assessor)
    assert client.get("/style/").status_code == 403
    client.force_login(cast.researcher)
    assert client.get("/style/").status_code == 200
