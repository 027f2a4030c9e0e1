"""Public data: an experiment whose figures are published, and doctors whose contagion did not outlive its controls."""

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from gnn.peer_effect.course import Course
from gnn.peer_effect.estimate import estimate
from gnn.peer_effect.instrument import instrumented
from gnn.peer_effect.regression import Controls, least_squares
from gnn.peer_effect.verdict import Verdict, judge

COVARIATES = ("male", "age", "agpop", "ricearea_2010", "literacy", "intensive", "risk_averse", "disaster_prob")
NO_DATA = 98
NOT_WITHIN = 18
MONTHS = 17
MISSING = 9


@pytest.fixture
def public(request):
    """A folder of downloaded public data. It is not part of the repository; without it these tests are skipped."""
    folder = Path(os.environ.get("PUBLIC_DATA") or Path(request.config.rootpath).parent / "shared" / "data")
    if not (folder / "diffusion_ckm").is_dir():
        pytest.skip(f"no public data in {folder}: set PUBLIC_DATA to their folder to run this")
    return folder


def test_the_insurance_experiment(public):
    # given the complete cases, villages as cells and clusters
    with gzip.open(public / "graph_benchmarks" / "insurance_cai_2015.csv.gz", "rt", encoding="utf-8") as file:
        used = ("village", "takeup_survey", "pre_takeup_rate", "default", *COVARIATES)
        rows = [row for row in csv.DictReader(file) if all(row[name] not in ("", "NA") for name in used)]
    column = {name: np.array([float(row[name]) for row in rows]) for name in used[1:]}
    village = np.unique([row["village"] for row in rows], return_inverse=True)[1]
    controls = Controls(np.stack([column[name] for name in COVARIATES], axis=1), village)
    outcome, exposure, lot = column["takeup_survey"], column["pre_takeup_rate"], column["default"]

    # when
    plain = least_squares(outcome, exposure, controls, village)
    found = instrumented(outcome, exposure, lot, controls, village)

    # then
    assert (len(rows), village.max() + 1) == (1_378, 44)
    assert round(plain.value, 4) == 0.4524
    assert round(found.first_stage.value, 4) == 0.1180
    assert round(found.effect.value, 4) == 0.7911
    # A first stage of F = 9.4 makes the interval that needs no strength the wider one; it excludes zero.
    assert round(found.strength, 1) == 9.4
    assert found.interval.low > 0
    assert found.interval.high > found.effect.interval.high


def test_of_the_doctors_no_influence_is_claimed(public):
    # given those whose month of adoption is known, looking at those they named for advice, discussion or as friends
    folder = public / "diffusion_ckm"
    lines = (folder / "CKM-Physicians-Innovation_nodes.txt").read_text(encoding="utf-8").splitlines()
    head, table = lines[0].split(), np.array([line.split() for line in lines[1:]], dtype=int)
    ties = np.loadtxt(folder / "CKM-Physicians-Innovation_multiplex.edges", dtype=int)
    month = table[:, 2]
    known = month < NO_DATA
    count = int(known.sum())
    place = np.cumsum(known) - 1
    ties = ties[known[ties[:, 1] - 1] & known[ties[:, 2] - 1]]
    looks = (np.ones(len(ties)), (place[ties[:, 1] - 1], place[ties[:, 2] - 1]))
    table = table[known]
    traits = np.where(table[:, 3:13] == MISSING, np.median(table[:, 3:13], axis=0), table[:, 3:13]).astype(float)
    course = Course(
        ties={"asks": sparse.csr_matrix(looks, (count, count))},
        since=np.where(month[known] == NOT_WITHIN, MONTHS, month[known] - 1),
        covariates=np.tile(traits, (MONTHS, 1, 1)),
        names=tuple(head[3:13]),
        groups=("practice",) * 10,
        specialty=table[:, 13],
        region=table[:, 1],
    )

    # when
    found = estimate(course, "asks")
    said = judge(found)

    # then
    adopters = np.bincount(course.since, minlength=MONTHS + 1).tolist()
    assert adopters == [11, 9, 9, 11, 11, 11, 13, 7, 4, 1, 5, 3, 3, 4, 4, 2, 1, 16]
    assert found.adjusted.fit.interval.contains(0.0)
    assert said.verdict is Verdict.NOT_IDENTIFIED
    assert said.bounds.contains(0.0)
    assert not said.claims_influence
