"""What one client may ask in a while, and what costs how much."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api import rates
from api.app import build_app
from api.errors import RateLimited
from api.limits import MOST_COST
from api.rates import NEW_DOCUMENT, NEW_PLAN, REQUEST, Budgets
from graph.request_settings import COST_BURST, COST_PER_SECOND, LEAST_BURST
from tests.api.conftest import Api, Asker

COUNT = "{ hcps { totalCount } }"
COST_OF_COUNT = 1 + 20 * 1  # a page of 20 with one member, as `api.limits` counts


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_refills_up_to_its_size() -> None:
    # given a client that has spent all it had
    clock = Clock()
    budgets = Budgets(10, 100, clock)
    spend = budgets.of("a")
    spend(60)
    spend(40)
    # then the next unit is refused, for as long as it takes to refill, and another client is not concerned
    with pytest.raises(RateLimited) as refused:
        spend(25)
    assert refused.value.seconds == 3
    budgets.of("b")(100)
    # when that time has passed
    clock.now += 2.5
    spend(25)
    with pytest.raises(RateLimited):
        spend(1)
    # and however long nothing is asked, there is never more than the bucket holds
    clock.now += 1_000_000
    spend(100)
    with pytest.raises(RateLimited):
        spend(1)


def test_a_refusal_takes_nothing() -> None:
    budgets = Budgets(1, 100, Clock())
    spend = budgets.of("a")
    for _ in range(3):
        with pytest.raises(RateLimited):
            spend(101)
    spend(100)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_CLIENTS", 3)
    budgets = Budgets(1, 100, Clock())
    for name in "abcde":
        budgets.of(name)(1)
    assert list(budgets._left) == ["c", "d", "e"]


def test_the_dearest_request_fits_into_the_least_bucket() -> None:
    assert REQUEST + NEW_DOCUMENT + NEW_PLAN + MOST_COST <= LEAST_BURST <= COST_BURST
    # and a client cannot push the thousand plans of a minute out of Neo4j's memory
    assert (COST_BURST + 60 * COST_PER_SECOND) // (REQUEST + NEW_DOCUMENT + NEW_PLAN) < 200


@pytest.fixture
def small(api: Api) -> Iterator[TestClient]:
    """A server whose clients may ask for the dearest request once, and for a unit each second after it."""
    requests = replace(api.settings.requests, cost_per_second=1, cost_burst=LEAST_BURST)
    with TestClient(build_app(replace(api.settings, requests=requests))) as client:
        yield client


def left(client: TestClient) -> int:
    """What the only client has left, to the nearest hundred."""
    budgets = client.app.state.budgets  # type: ignore[attr-defined]
    return round(next(iter(budgets._left.values()))[0], -2)


def test_new_documents_and_new_plans_cost_more_than_known_ones(small: TestClient, rep: Asker) -> None:
    asker = Asker(small, rep.token)
    asker.data(COUNT)
    first = LEAST_BURST - left(small)
    asker.data(COUNT)
    second = LEAST_BURST - left(small) - first
    assert abs(first - (REQUEST + NEW_DOCUMENT + NEW_PLAN + COST_OF_COUNT)) <= 200
    assert abs(second - (REQUEST + COST_OF_COUNT)) <= 200


def test_who_has_asked_too_much_is_told_when_to_come_back(small: TestClient, api: Api) -> None:
    # given a client who asks one new question after the other
    asker = Asker(small, api.as_("field_rep", "T-1", subject="eager").token)
    answers = [asker.post(f"{{ a{number}: hcps {{ totalCount }} }}") for number in range(5)]
    # then the fourth is refused before it reaches Neo4j, with the time to wait
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    refused = answers[3]
    assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert int(refused.headers["retry-after"]) > 60
    assert "data" not in refused.json()
    # and somebody else is not concerned
    other = Asker(small, api.as_("field_rep", "T-1", subject="calm").token)
    assert other.data(COUNT) == {"hcps": {"totalCount": 6}}


def test_a_refused_document_is_paid_for_too(small: TestClient, api: Api) -> None:
    asker = Asker(small, api.as_("market_access", subject="prober").token)
    codes = [asker.ask(f"{{ guess{number} }}")["errors"][0]["extensions"]["code"] for number in range(20)]
    assert codes == ["GRAPHQL_VALIDATION_FAILED"] * 18 + ["RATE_LIMITED"] * 2
