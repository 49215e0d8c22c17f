from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.domain.addresses import client_address
from apps.accounts.domain.limits import Limit
from apps.accounts.models import TokenBucket
from apps.accounts.services.rate_limits import give_token_back, take_token

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TWO = Limit(capacity=2, refill_s=60)


@pytest.mark.parametrize(
    ("forwarded_for", "proxies", "expected"),
    [
        ("", 0, "10.0.0.9"),
        ("1.1.1.1", 0, "10.0.0.9"),  # no proxy is trusted, so anybody may have written this
        ("6.6.6.6, 1.1.1.1", 1, "1.1.1.1"),  # what stands left of the last hop is the stranger's own claim
        ("6.6.6.6, 1.1.1.1, 10.0.0.1", 2, "1.1.1.1"),
        ("1.1.1.1", 2, "10.0.0.9"),  # a proxy was gone round
        ("nonsense", 1, "unknown"),
        ("2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::/64"),
        ("::ffff:1.2.3.4", 1, "1.2.3.4"),
    ],
)
def test_client_address(forwarded_for: str, proxies: int, expected: str) -> None:
    assert client_address("10.0.0.9", forwarded_for, proxies) == expected


@given(tokens=st.floats(0, 10), elapsed_s=st.floats(-1e6, 1e6))
def test_a_bucket_never_overflows_nor_leaks(tokens: float, elapsed_s: float) -> None:
    assert min(tokens, 10) <= Limit(10, 60).refilled(tokens, elapsed_s) <= 10


def test_tokens_run_out_and_come_back(db: None) -> None:
    assert [take_token(key="k", limit=TWO, now=NOW) for _ in range(3)] == [0, 0, 60]
    assert take_token(key="k", limit=TWO, now=NOW + timedelta(seconds=45)) == pytest.approx(15)
    assert take_token(key="k", limit=TWO, now=NOW + timedelta(seconds=61)) == 0
    assert take_token(key="other", limit=TWO, now=NOW) == 0


def test_a_token_given_back_can_be_taken_again(db: None) -> None:
    for _ in range(5):
        assert take_token(key="k", limit=TWO, now=NOW) == 0
        give_token_back(key="k", limit=TWO)


def test_buckets_nobody_asked_for_lately_are_forgotten(db: None) -> None:
    take_token(key="old", limit=TWO, now=NOW)
    take_token(key="new", limit=TWO, now=NOW + timedelta(days=2))
    assert list(TokenBucket.objects.values_list("key", flat=True)) == ["new"]
