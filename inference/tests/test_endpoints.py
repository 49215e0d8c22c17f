"""The allow-list of servers."""

import pytest

from inference.endpoints import model_endpoint, search_endpoint
from inference.errors import ModelUnavailable


def test_a_name_gives_its_url_and_key_and_hides_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_ENDPOINTS", " vllm-a=https://gpu1:8000/v1/ , local=http://127.0.0.1:9000/v1,")
    monkeypatch.setenv("MODEL_ENDPOINT_VLLM_A_KEY", "a-secret")
    monkeypatch.setenv("SEARCH_ENDPOINTS", "searx=http://127.0.0.1:8080")
    found = model_endpoint("vllm-a")
    assert (found.url, found.key) == ("https://gpu1:8000/v1", "a-secret")
    assert "a-secret" not in repr(found)
    assert model_endpoint("local").key is None
    assert search_endpoint("searx").url == "http://127.0.0.1:8080"
    with pytest.raises(ModelUnavailable, match=r"searx is not on.*vllm-a, local.*MODEL_ENDPOINT_SEARX_KEY"):
        model_endpoint("searx")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("a=ftp://host/v1", "no http"),
        ("a=host:8000", "no http"),
        ("a", "no http"),
        ("a=http://host:99999/", "no http"),
        ("a=http://me:hunter2@host/v1", "MODEL_ENDPOINT_A_KEY"),
        ("a=http://host/v1?key=hunter2", "no user"),
        ("A_B=http://host/v1", "A_B"),
        ("a=http://x/v1,a=http://y/v1", "twice"),
    ],
)
def test_a_list_that_is_wrong_names_the_entry_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, value: str, reason: str
) -> None:
    monkeypatch.setenv("MODEL_ENDPOINTS", value)
    with pytest.raises(ModelUnavailable, match=reason) as caught:
        model_endpoint("a")
    assert "hunter2" not in str(caught.value)
