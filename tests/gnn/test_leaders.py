"""Who is listened to: attention over ties, leaders by nominations and science."""

import numpy as np
import pytest

from gnn.features.leaders import ATTENTION, attention, leadership, nominations, works
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


def survey(tables, pairs):
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


def test_without_a_survey_nobody_is_known_to_lead(twenty):
    assert leadership(view_of(twenty)).tolist() == [1] * 20


def test_nominations_stand_beside_what_ties_would_give(twenty):
    # given the first, asked four times, named the second thrice and the third once
    named, expected = nominations(survey(twenty, [(0, 1), (0, 1), (0, 1), (0, 2)]))

    # then each beside the share of four nominations that its ties would give
    assert named[:4].tolist() == [0, 3, 1, 0]
    assert expected[:4].tolist() == pytest.approx([0, 4 * 4 / 7, 4 * 3 / 7, 0])


def test_naming_oneself_counts_for_nothing(twenty):
    named, expected = nominations(survey(twenty, [(0, 0), (0, 0)]))
    assert not named.any()
    assert not expected.any()


@pytest.fixture
def planted(make_tables):
    """400 prescribers with ties at random, of whom 30 are named six times as often and publish more often."""
    random = np.random.default_rng(11)
    tables = make_tables(seed=5, hcps=400, days=60)
    names = tables["hcp"]["id"]
    factor = np.ones(400)
    factor[:30] = 6.0
    target = np.array([random.choice(400, 12, replace=False) for _ in range(400)])
    tables["share"] = {
        "source": np.repeat(names, 12).tolist(),
        "target": [names[place] for place in target.ravel()],
        "year": [2023] * 4800,
        "patients": random.integers(11, 60, 4800).tolist(),
        "known_at": [DAY - 400] * 4800,
    }
    asked = random.choice(400, 200, replace=False)
    pairs = [
        (who, whom)
        for who in asked
        for whom in random.choice(target[who], 4, p=factor[target[who]] / factor[target[who]].sum())
    ]
    published = np.flatnonzero(random.random(400) < np.where(factor > 1, 0.6, 0.05))
    tables["science"] = {
        "id": [f"sci_{number}" for number in range(len(published))],
        "hcp": [names[place] for place in published],
        "kind": ["publication"] * len(published),
        "score": [0.95] * len(published),
        "known_at": [DAY - 100] * len(published),
    }
    view = survey(tables, pairs)
    place = view.snapshot.positions("hcp", np.array(names))
    return view, place[:30], place[30:]


def test_planted_leaders_are_found_with_their_factor(planted):
    # given
    view, leaders, others = planted

    # when
    found = leadership(view)

    # then leaders are heard several times as much, others about as much as their ties say
    assert 3.0 < found[leaders].mean() < 8.0
    assert found[others].mean() == pytest.approx(1.1, abs=0.25)
    # and ranking by it puts leaders first far more surely than counting nominations beside ties does
    assert np.mean(found[leaders][:, None] > found[others][None, :]) > 0.9


def test_who_publishes_is_taken_for_a_leader_more_readily(planted):
    # given the same twin without science
    view, _, _ = planted
    tables = {name: dict(table) for name, table in view.snapshot.tables.items()}
    tables["science"] = {name: values[:0] for name, values in tables["science"].items()}
    silent = View(Snapshot.of(DAY, tables))

    # then those who are published gain by it, and nobody else does
    gain = leadership(view) - leadership(silent)
    published = works(view) > 0
    assert gain[published].mean() > 0.2
    assert gain[~published].mean() < 0


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

    # then turning to somebody is attention times how much more it is listened to
    heard, turned = features.relations["sends_to"], features.relations["turns_to"]
    ratio = leadership(View(whole))
    assert ratio.std() > 0.1
    assert np.allclose(turned.toarray(), heard.toarray() * ratio)
