"""Who is listened to: attention over ties, nominations beside what ties would give, scientific work."""

import numpy as np
import pytest

from gnn.features.leaders import ATTENTION, PRIOR, attention, nominations, works
from gnn.view import View
from graph.history.snapshot import Snapshot

DAY = 20_400


def view_of(tables):
    return View(Snapshot.of(DAY, tables))


@pytest.fixture
def twenty(make_tables):
    """Twenty prescribers: the first sends 16 patients to the second and 9 to the third; nobody was asked or wrote."""
    tables = make_tables(seed=5, hcps=20)
    names = tables["hcp"]["id"]
    tables["share"] = {
        "source": [names[0], names[0]],
        "target": [names[1], names[2]],
        "year": [2023, 2023],
        "patients": [16, 9],
        "known_at": [DAY - 400, DAY - 400],
    }
    for table in ("nomination", "science"):
        tables[table] = {column: [] for column in tables[table]}
    return tables


def named(tables, pairs):
    names = tables["hcp"]["id"]
    tables["nomination"] = {
        "source": [names[source] for source, _ in pairs],
        "target": [names[target] for _, target in pairs],
        "study": ["study"] * len(pairs),
        "wave": [str(number) for number in range(len(pairs))],
        "weight": [1.0] * len(pairs),
        "answered_on": [DAY - 90] * len(pairs),
    }
    return view_of(tables)


def test_attention_grows_with_the_root_of_patients_and_leaves_room_for_others(twenty):
    # when
    found = attention(view_of(twenty)).toarray()

    # then
    assert found[0].tolist() == pytest.approx([0, 4 / (7 + ATTENTION), 3 / (7 + ATTENTION)] + [0] * 17)
    assert not found[1:].any()


def test_without_a_survey_everybody_is_average(twenty):
    assert nominations(view_of(twenty)).tolist() == [1] * 20


def test_who_is_named_more_than_its_ties_give_leads(twenty):
    # given the first, asked three times, named the second thrice and the third once
    found = nominations(named(twenty, [(0, 1), (0, 1), (0, 1), (0, 2)]))

    # then each beside the share of four nominations that its ties would give
    assert found[1] == pytest.approx((3 + PRIOR) / (4 * 4 / 7 + PRIOR))
    assert found[2] == pytest.approx((1 + PRIOR) / (4 * 3 / 7 + PRIOR))
    # and who was neither named nor to be expected is average
    assert found[[0, 3]].tolist() == pytest.approx([1, 1])


def test_naming_oneself_counts_for_nothing(twenty):
    alone = named(twenty, [(0, 0), (0, 0)])
    assert nominations(alone).tolist() == [1] * 20


def test_only_sure_and_recent_works_count(twenty):
    # given a sure one, an unsure one, an old one and one that is not known yet
    names = twenty["hcp"]["id"]
    twenty["science"] = {
        "id": ["a", "b", "c", "d"],
        "hcp": [names[1], names[1], names[2], names[3]],
        "kind": ["publication", "trial", "publication", "congress"],
        "score": [0.95, 0.6, 0.95, 0.95],
        "known_at": [DAY - 10, DAY - 10, DAY - 5 * 365, DAY + 1],
    }

    # then
    assert works(view_of(twenty)).tolist() == [0, 1] + [0] * 18


def test_the_network_of_the_factory_moves_exposure_towards_who_is_named(whole):
    # given the features of adoption on a twin with a survey
    from gnn.samples import adoption_rows

    features = adoption_rows(View(whole)).adoption

    # then turning to somebody is attention times how often it is named
    heard, turned = features.relations["sends_to"], features.relations["turns_to"]
    ratio = nominations(View(whole))
    assert ratio.std() > 0.1
    assert np.allclose(turned.toarray(), heard.toarray() * ratio)
