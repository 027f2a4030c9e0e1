"""The four components of influence, counted by hand; nothing known after the day counts."""

import numpy as np
import pytest

from gnn.components import clinical_lead, components, write_components
from gnn.view import View
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import NEVER, date_of

DAY = 20_400


@pytest.fixture
def ten(make_tables):
    """Ten prescribers of one specialty and state, whose records are emptied for each test to fill."""
    tables = make_tables(seed=5, hcps=10)
    tables["hcp"] |= {"taxonomy": ["A"] * 10, "state": ["NY"] * 10}
    for name in ("share", "nomination", "science", "start", "reject"):
        tables[name] = {column: [] for column in tables[name]}
    return tables


def view_of(tables, day=DAY):
    return View(Snapshot.of(day, tables))


def wrote(tables, rows, product="own", known=1):
    """Starts as (prescriber, day written), each known a day after."""
    names, starts = tables["hcp"]["id"], tables["start"]
    for writer, written in rows:
        row = dict.fromkeys(starts, NEVER) | {
            "id": f"start_{len(starts['id'])}", "hcp": names[writer], "product": product, "plan": "plan_00",
            "written_on": written, "known_at": written + known,
        }  # fmt: skip
        for name, values in starts.items():
            values.append(row[name])


def tied(tables, rows):
    names = tables["hcp"]["id"]
    tables["share"] = {
        "source": [names[source] for source, *_ in rows],
        "target": [names[target] for _, target, *_ in rows],
        "year": [year for *_, year in rows],
        "patients": [patients for _, _, patients, _ in rows],
        "known_at": [DAY - 400] * len(rows),
    }


def named(tables, rows):
    """Nominations as (who named, whom, day of the answer)."""
    names = tables["hcp"]["id"]
    tables["nomination"] = {
        "source": [names[source] for source, _, _ in rows],
        "target": [names[target] for _, target, _ in rows],
        "study": ["study"] * len(rows),
        "wave": [str(number) for number in range(len(rows))],
        "weight": [1.0] * len(rows),
        "answered_on": [day for _, _, day in rows],
    }


def test_each_component_is_in_its_own_unit(ten):
    # given two works of the first; patients sent to the second, also in an older file; three answers of the first
    names = ten["hcp"]["id"]
    ten["science"] = {
        "id": ["a", "b", "c"],
        "hcp": [names[0], names[0], names[1]],
        "kind": ["publication", "trial", "congress"],
        "score": [0.9, 0.9, 0.5],
        "known_at": [DAY - 10, DAY - 500, DAY - 10],
    }
    tied(ten, [(0, 1, 16, 2023), (2, 1, 25, 2023), (0, 2, 9, 2023), (3, 1, 99, 2022)])
    named(ten, [(0, 1, DAY - 9), (0, 1, DAY - 8), (0, 2, DAY - 7)])

    # when
    found = components(view_of(ten))

    # then
    assert found.works.tolist() == [2] + [0] * 9
    assert found.received.tolist() == [0, 41, 9] + [0] * 7
    assert found.named.tolist() == [0, 2, 1] + [0] * 7
    # three answers, shared out by the roots of patients: 4 to 3
    assert found.by_ties.tolist() == pytest.approx([0, 3 * 4 / 7, 3 * 3 / 7] + [0] * 7)


def test_what_nobody_recorded_is_not_zero(ten):
    found = components(view_of(ten))
    assert (found.works, found.received, found.named, found.by_ties) == (None, None, None, None)


def test_nothing_known_after_the_day_counts(ten):
    # given a survey and works, some of them of tomorrow
    names = ten["hcp"]["id"]
    ten["science"] = {
        "id": ["a", "b"],
        "hcp": [names[0], names[0]],
        "kind": ["publication"] * 2,
        "score": [0.9] * 2,
        "known_at": [DAY, DAY + 1],
    }
    named(ten, [(0, 1, DAY), (0, 1, DAY + 1)])
    wrote(ten, [(0, DAY - 30), (1, DAY - 20), (2, DAY - 10), (3, DAY - 5), (0, DAY), (4, DAY)])
    whole = Snapshot.of(DAY + 30, ten)

    # when
    then, later = View(whole.at(DAY)), View(whole)

    # then of that day one work, one answer, and four who had begun
    assert components(then).works[0] == 1
    assert components(then).named[1] == 1
    assert clinical_lead(then, 1)[:4].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0])
    # and later more
    assert components(later).works[0] == 2
    assert components(later).named[1] == 2
    assert clinical_lead(later, 1)[0] == pytest.approx(1)
    assert clinical_lead(later, 1)[1] == pytest.approx(3 / 4)


def test_clinical_lead_counts_starts_before_others_began(ten):
    # given the first with three starts before the second, and one more before the third and fourth
    wrote(ten, [(0, 100), (0, 101), (0, 102), (1, 110), (0, 120), (2, 130), (3, 130), (1, 135)])
    # and of another product many
    wrote(ten, [(4, 50), (4, 51)], product="other")
    view = view_of(ten)
    own = view.snapshot.column("product", "id").tolist().index("own")

    # when
    lead = clinical_lead(view, own)

    # then the mean over the three others: 3, 4 and 4; 0, 1 and 1; nothing
    assert lead[:4].tolist() == pytest.approx([11 / 3, 2 / 3, 0, 0])
    # and those who have not begun lead by nothing
    assert lead[4:].tolist() == [0] * 6


def test_who_began_on_the_same_day_leads_nobody_of_them(ten):
    wrote(ten, [(place, 100) for place in range(4)])
    assert clinical_lead(view_of(ten), 1).tolist() == [0] * 10


def test_two_others_are_too_few(ten):
    # given three who have begun: nobody of them has three others, all the rest do
    wrote(ten, [(0, 100), (1, 110), (2, 120)])
    lead = clinical_lead(view_of(ten), 1)
    assert np.isnan(lead[:3]).all()
    assert lead[3:].tolist() == [0] * 7


def test_who_withholds_is_nobody_to_lead(ten):
    # given five who have begun
    rows = [(0, 100), (1, 110), (2, 120), (3, 130), (4, 140)]
    wrote(ten, rows)
    silent = [ten["hcp"]["id"][2]]

    # then the day on which the third began moves no other's lead
    lead = clinical_lead(view_of(ten), 1, silent)
    ten["start"]["written_on"][2] = 10
    again = clinical_lead(view_of(ten), 1, silent)
    others = [0, 1, 3, 4]
    assert lead[others].tolist() == again[others].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0])


def test_other_specialties_and_states_are_not_compared(ten):
    # given two groups of four, and one without a state
    ten["hcp"] |= {"taxonomy": ["A"] * 4 + ["B"] * 6, "state": ["NY"] * 8 + [None] * 2}
    wrote(ten, [(place, 100 + place) for place in range(10)])
    lead = clinical_lead(view_of(ten), 1)
    assert lead[:8].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0] * 2)
    assert np.isnan(lead[8:]).all()


def test_components_are_replaced_in_the_graph(neo4j_empty, ten):
    # given two HCPs in the graph, one of whom the view does not know
    names = ten["hcp"]["id"]
    neo4j_empty.write(
        "UNWIND $ids AS id CREATE (:HCP {id: id, componentsAsOf: date('2020-01-01'), timesNamed: 7, "
        "scientificWorks: 7, patientsReceived: 7, timesNamedByTies: 7.5})",
        ids=[names[1], "hcp_new"],
    )
    tied(ten, [(0, 1, 16, 2023)])
    named(ten, [(0, 1, DAY - 9)])

    # when
    write_components(neo4j_empty, view_of(ten))

    # then the one has what is known of that day, and the other nothing
    assert neo4j_empty.read("MATCH (h:HCP) RETURN h.id AS id, properties(h) AS all ORDER BY id") == [
        {"id": names[1], "all": {"id": names[1], "patientsReceived": 16, "timesNamed": 1, "timesNamedByTies": 1.0,
                                 "componentsAsOf": neo4j_empty_date(DAY)}},
        {"id": "hcp_new", "all": {"id": "hcp_new"}},
    ]  # fmt: skip


def neo4j_empty_date(day):
    from neo4j.time import Date

    return Date.from_native(date_of(day))
