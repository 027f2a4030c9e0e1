"""The page about a model: whole by itself, readable without pictures, honest about what loses and what is not known."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from gnn.findings import curve, lift
from gnn.promotion import submit
from gnn.report import charts, comparison, html, sections
from gnn.report.page import Question, report
from gnn.report.svg import Axis
from gnn.report.territory import MOST_HCPS, territory_map
from gnn.score import score
from gnn.subjects import Subject
from gnn.view import View
from graph.errors import ConfigurationError, ModelError, NotFound
from tests.gnn.test_whole_line import load_graph

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Tags in order; every tag that opens has to close, in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.texts = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


@pytest.fixture
def twin(neo4j_empty, neo4j_settings, whole, challengers):
    """A twin of 250 HCPs that both models have scored."""
    load_graph(neo4j_empty, whole)
    for challenger in challengers.values():
        submit(neo4j_settings, neo4j_empty, challenger)
    score(neo4j_settings)
    return neo4j_settings, neo4j_empty


def test_the_page_needs_nothing_and_is_readable_without_its_pictures(twin, trained, whole):
    # given a prescriber who withholds
    settings, store = twin
    most = store.read(
        "MATCH (p:Prediction {task: 'influence'})-[:ABOUT]->(h) RETURN h.id AS id ORDER BY p.value DESC LIMIT 1"
    )[0]["id"]
    shown = report(settings, Question("adoption"))
    store.write("MATCH (h:HCP {id: $id}) SET h.optedOutOn = date('2025-01-01')", id=most)

    # when
    text = report(settings, Question("adoption"))
    page = Page(text)

    # then nothing is loaded and nothing runs
    assert {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "image", "use"} == set()
    assert re.findall(r"https?://|url\(|@import|\bon\w+=", text) == []
    assert "default-src 'none'" in text

    # and every picture has a title, words and tables with captions and scopes beside it
    pictures = page.all("svg")
    names = ["gains", "curve", "coverage", "drivers", "drift", "territory"]
    assert [one["aria-labelledby"] for one in pictures] == [f"{name}-title {name}-words" for name in names]
    assert all(one["role"] == "img" for one in pictures)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids)) == 2 * len(pictures)
    assert text.count("<figcaption>") == len(page.all("table")) + len(pictures) >= 2 * len(pictures)
    assert all("scope" in one for one in page.all("th"))

    # and it says what it is of, and no more than that
    assert (
        "the chance that an HCP that has not prescribed the own product writes its first start within the next" in text
    )
    assert "It names no person" in text
    assert "adoption, coverage, influence, interaction, network" in text
    assert trained["adoption"][0].version in text
    assert most in shown
    assert most not in text
    assert [npi for npi in whole.column("hcp", "npi").tolist() if npi in text] == []
    assert "NOT IDENTIFIED" in text


def test_the_page_of_friction_has_no_influence_and_takes_an_oracle(twin, tmp_path):
    # given results of two worlds
    settings, _ = twin
    auc = {"rate": 0.7, "lightgbm_node": 0.72, "lightgbm": 0.75, "network": 0.74, "ensemble": 0.76, "oracle": 0.78}
    for seed, more in ((1, 0.0), (2, 0.02)):
        moved = {name: value + more for name, value in auc.items()}
        result = {"regime": "policy_shock", "seed": seed, "adoption": {"auc": moved}, "friction": {"auc": moved}}
        (tmp_path / f"policy_shock-{seed}.json").write_text(json.dumps(result), encoding="utf-8")

    # when
    text = report(settings, Question("access_friction", evaluation=tmp_path))
    page = Page(text)

    # then
    assert "<h2>Influence</h2>" not in text
    assert "expected not to be dispensed within 30 days of writing" in text
    shown = [one["aria-labelledby"].partition("-")[0] for one in page.all("svg")]
    assert shown == ["gains", "worlds", "curve", "lift", "coverage", "slices", "drivers", "drift"]
    row = ["policy shock", "2", "0.710", "0.730", "0.760", "0.750", "0.770", "0.790"]
    assert any(page.texts[place : place + 8] == row for place in range(len(page.texts)))
    assert "The network loses to LightGBM with graph on average in: policy shock." in text
    assert "therapy" in text
    assert {"Payer zero", "Payer one"} <= set(page.texts)
    assert "What policies say, what claims show" in text


def test_what_is_not_there_is_named(twin, tmp_path):
    settings, _ = twin
    with pytest.raises(NotFound, match="no model version is called 'nosuch'; there are: "):
        report(settings, Question("nosuch"))
    with pytest.raises(NotFound, match=r"nothing is called 'Nowhere': .* a territoryId or name of a territory"):
        report(settings, Question("adoption", territory="Nowhere"))
    with pytest.raises(ConfigurationError, match="--territory is of the influence map, which a page about access_f"):
        report(settings, Question("access_friction", territory="North"))
    with pytest.raises(ModelError, match="it is read from the adoption model; report 'adoption'"):
        report(settings, Question("influence"))
    with pytest.raises(ConfigurationError, match="holds no results of `make eval`: name its --out folder"):
        report(settings, Question("adoption", evaluation=tmp_path))


def test_a_territory_is_known_by_the_id_of_the_alignment(twin):
    settings, store = twin
    store.write("MATCH (t:Territory {id: 'ter_1'}) SET t.territoryId = 'T011'")
    store.write("CREATE (:Territory {id: 'ter_9', territoryId: 'D1', name: 'District', level: 'district'})")
    assert "Territory South: " in report(settings, Question("adoption", territory="T011"))
    with pytest.raises(NotFound, match=r"District \(D1\) is a district and has no HCPs of its own"):
        report(settings, Question("adoption", territory="D1"))


def test_before_the_first_training_the_remedy_is_said(neo4j_empty, neo4j_settings):
    with pytest.raises(ModelError, match="no model for 'adoption' is trained yet: run `twin train adoption`"):
        report(neo4j_settings, Question("adoption"))


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        ([-0.02, -0.03, -0.01], "The network loses to LightGBM with the graph&#x27;s features: -0.0200 AUC"),
        ([0.02, 0.01, 0.03], "The network wins against LightGBM with the graph&#x27;s features: +0.0200 AUC"),
        (
            [-0.001, -0.03, 0.01],
            "The network is behind LightGBM with the graph&#x27;s features, but the window does not",
        ),
    ],
)
def test_it_says_plainly_whether_the_network_loses(trained, gain, words):
    # given
    model = trained["adoption"][0]
    paired = dict(model.findings["paired"])
    paired["network"] = paired["network"] | {"auc": gain}

    # when
    text = "".join(comparison.comparison(replace(model, findings=dict(model.findings) | {"paired": paired})))

    # then
    assert words in text


def test_before_newer_data_came_there_is_nothing_to_compare():
    text = "".join(sections.drift(None))
    assert "Nothing to compare yet: `twin score` compares what it scores with the training" in text
    assert "Nothing has drifted" not in text


def test_no_small_count_is_in_a_curve_or_a_lift():
    # given 400 rows of which the lowest 300 have four events
    random = np.random.default_rng(1)
    value = np.sort(random.random(400))
    label = np.zeros(400)
    label[[10, 100, 200, 299]] = 1
    label[300:] = random.random(100) < 0.5

    # when
    found, deep = curve(label, value), lift(label, value)

    # then every bin has eleven events and eleven others, and all rows are in one
    assert sum(one["rows"] for one in found) == 400
    for one in found:
        events = round(one["observed"] * one["rows"])
        assert min(events, one["rows"] - events) >= 11
    assert [one["depth"] for one in deep] == [0.1, 0.2]
    assert curve(np.zeros(50), np.linspace(0, 1, 50)) == []


def test_the_map_shows_whom_it_has_room_for_and_nobody_who_withholds(whole):
    # given influence that grows with the row, and the last ones silent
    view = View(whole)
    ids = whole.column("hcp", "id").tolist()
    rows = [{"hcp": name, "value": float(place), "low": 0.0, "high": 2.0 * place} for place, name in enumerate(ids)]
    silent = frozenset(ids[-3:])

    # when
    found = territory_map(view, rows, silent, Subject("Territory", "ter_0", "North"))

    # then
    inside = np.flatnonzero(view.in_territory[:, [0]].toarray().ravel() > 0)
    told = [row for row in inside.tolist() if ids[row] not in silent]
    assert (found.name, len(found.members), found.left_out) == ("North", MOST_HCPS, len(told) - MOST_HCPS)
    assert {member.hcp for member in found.members} == {ids[row] for row in told[-MOST_HCPS:]}
    place = {member.hcp: whole.positions("hcp", np.array([member.hcp]))[0] for member in found.members}
    both = view.ties + view.ties.T
    for a, b, patients in found.ties:
        assert both[place[found.members[a].hcp], place[found.members[b].hcp]] == patients
    # the same twin gives the same map, with no two dots on one spot
    assert territory_map(view, rows, silent, Subject("Territory", "ter_0", "North")) == found
    assert len({(round(member.x), round(member.y)) for member in found.members}) == MOST_HCPS
    assert territory_map(view, rows, silent, None).name in {"North", "South"}


def test_a_caption_stands_outside_of_what_scrolls_and_long_words_break():
    # when
    text = html.table("Caption", ("what", "value"), [("fingerprint", "a" * 64), ("features", "degree, calls")])

    # then
    assert text.index("<figcaption>Caption</figcaption>") < text.index('<div class="scroll"')
    assert f'<td class="long">{"a" * 64}</td>' in text
    assert "<td>degree, calls</td>" in text


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-0.2, 0.05, [-0.2, -0.15, -0.1, -0.05, 0, 0.05]),
        (0, 500, [0, 100, 200, 300, 400, 500]),
    ],
)
def test_an_axis_is_marked_at_round_numbers(low, high, ticks):
    assert Axis(low, high, 0, 100).ticks() == pytest.approx(ticks)
    assert Axis(low, high, 0, 100).at(high) == 100


def test_what_comes_from_outside_is_escaped():
    # given the name of a payer that would be markup
    odd = '<script>alert("x")</script>'

    # then
    for text in (
        html.table(odd, (odd,), [(odd,)], odd), html.paragraph(odd), html.heading(odd),
        charts.bars("b", odd, [(odd, 1.0)], [(0.5, odd)]), html.page(odd, []),
    ):  # fmt: skip
        assert "<script" not in text
        assert "&lt;script&gt;" in text


def test_what_people_said_is_told_where_they_said_something(trained):
    # given
    silent = trained["adoption"][0]
    said = {"words": "none of 17 standing ones heard; of 40 matured that said it will happen 3 came true"}
    heard = replace(silent, findings={**silent.findings, "overrides": said})

    # then
    assert list(sections.overrides(silent)) == []
    told = "".join(sections.overrides(heard))
    assert "None of 17 standing ones heard; of 40 matured that said it will happen 3 came true. Their words" in told
