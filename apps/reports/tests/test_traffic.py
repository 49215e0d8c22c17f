"""A researcher says how much clusters count in use; the sensitivity table counts by it, the headline does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError
from django.urls import reverse

from apps.reports.deep_wording import traffic_words
from apps.reports.forms import TrafficForm
from apps.reports.models import TrafficMix
from apps.reports.queries import cluster_sizes
from apps.reports.services import freeze_report
from apps.reports.tests.makers import make_judged_evaluation, make_numbers

if TYPE_CHECKING:
    from django.test import Client

    from conftest import Cast

CLUSTERS = ["menus", "signs"]


@pytest.mark.parametrize(
    ("said", "weights"),
    [
        (("30", "10"), {"menus": 30, "signs": 10}),
        (("", "10"), {"menus": 0, "signs": 10}),
        (("", ""), {}),
        (("0", ""), "at least one cluster more"),
        (("-1", "2"), "greater than or equal to 0"),
        (("nan", "2"), "Enter a number"),
        (("much", "2"), "Enter a number"),
    ],
)
def test_weights_are_read_or_the_error_says_what_to_do(said: tuple[str, str], weights: dict[str, float] | str) -> None:
    form = TrafficForm(dict(zip(TrafficForm(clusters=CLUSTERS).fields, said, strict=True)), clusters=CLUSTERS)
    if isinstance(weights, str):
        assert not form.is_valid()
        assert weights in str(form.errors)
    else:
        assert form.is_valid()
        assert form.weights == weights


def test_a_cluster_that_joins_meanwhile_shifts_no_weight() -> None:
    sent = dict(zip(TrafficForm(clusters=CLUSTERS).fields, ("3", "1"), strict=True))
    form = TrafficForm(sent, clusters=["maps", *CLUSTERS])
    assert form.is_valid()
    assert form.weights == {"maps": 0, "menus": 3, "signs": 1}


def test_clusters_that_nobody_judged_are_named() -> None:
    numbers = replace(make_numbers(), traffic={"menus": 0.75, "maps": 0.25})
    assert traffic_words(numbers) == (
        "In use clusters count as: maps 25.0%, menus 75.0%. Nobody judged maps, so the others count for more."
    )
    assert traffic_words(make_numbers()) == ""


@pytest.mark.slow
def test_weights_are_set_kept_and_frozen(cast: Cast, client: Client) -> None:
    evaluation = make_judged_evaluation(cast.researcher)
    address = reverse("reports:traffic", args=[evaluation.public_id])
    client.force_login(cast.researcher)
    assert "None are set" in client.get(address).content.decode()
    first, second = TrafficForm(clusters=cluster_sizes(evaluation)).fields
    assert client.post(address, {first: "-3"}).status_code == 422
    client.post(address, {first: "250", second: "750"})
    mix = TrafficMix.objects.get()
    assert 'value="0.25"' in client.get(address).content.decode()
    assert sorted(mix.weights.values()) == [0.25, 0.75]
    numbers = freeze_report(actor=cast.researcher, evaluation=evaluation).content
    assert numbers.traffic == mix.weights
    assert numbers.depth is not None
    variants = {item.key: item.win_rate.value for item in numbers.depth.variants}
    rates = {group.key: group.win_rate.value or 0 for group in numbers.clusters}
    assert variants["traffic"] == pytest.approx(sum(rates[name] * share for name, share in mix.weights.items()))
    client.post(address, {first: "", second: ""})
    assert freeze_report(actor=cast.researcher, evaluation=evaluation).content.traffic is None
    with pytest.raises(DatabaseError):
        mix.delete()
