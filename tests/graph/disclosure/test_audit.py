"""The audit finds exactly what listing every possible table finds, and what is chosen for publication passes both."""

import numpy
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from graph.cohorts.publication import MEASURES
from graph.disclosure.audit import find_leaks, is_proven
from graph.disclosure.lattice import EITHER, NO, YES, Lattice
from graph.disclosure.suppress import choose
from graph.disclosure.table import SMALLEST, Table, counted, is_small
from tests.graph.disclosure.enumerate import TooMany, all_tables, bounds

PATIENTS = (EITHER, EITHER)
DISPENSED = (YES, EITHER)
SQUARE = Lattice((("HMO", "PDP"), ("OH", "MI"), ("Hospital",)), MEASURES)
LINE = Lattice((("HMO", "PDP"), ("OH",), ("Hospital",)), MEASURES)
PLAIN = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def table_of(lattice, *groups):
    """A table from (plan place, state place, site place, dispensed, rejected, people)."""
    table = numpy.zeros(lattice.atoms, dtype=numpy.int64)
    for *atom, people in groups:
        table[tuple(atom)] = people
    return table.ravel()


def leaks_by_listing(table, published):
    """Places of protected quantities that are not safe, from all tables."""
    low, high = bounds(table.lattice, all_tables(table, published))
    unsafe = (high < table.enough.ravel()) | (high - low < table.width.ravel())
    return set(numpy.flatnonzero(table.protected.ravel() & unsafe).tolist())


@st.composite
def tables(draw, lattice, most):
    """Small random tables: nobody in most atoms, so that listing stays possible."""
    size = lattice.sums.shape[1]
    counts = st.one_of(st.just(0), st.just(0), st.integers(0, 4), st.integers(5, most))
    return numpy.array(draw(st.lists(counts, min_size=size, max_size=size)), dtype=numpy.int64)


@PLAIN
@given(tables(LINE, 12), st.integers(0, 2**16 - 1))
def test_the_audit_finds_what_listing_finds(true, chosen):
    # given a publication chosen at random, safe or not; the total is always published
    places = numpy.flatnonzero(LINE.publishable)
    published = numpy.zeros(LINE.shape, dtype=bool)
    published.ravel()[[place for bit, place in enumerate(places) if chosen >> (bit % 16) & 1]] = True
    published[-1, -1, -1, EITHER, EITHER] = True
    assume(true.sum() <= 24)

    # when
    try:
        expected = leaks_by_listing(counted(LINE, true), published)
    except TooMany:
        assume(False)

    # then
    assert {leak.at for leak in find_leaks(counted(LINE, true), published)} == expected


@PLAIN
@given(tables(LINE, 14))
def test_what_is_chosen_passes_the_listing(true):
    # given
    assume(0 < true.sum() <= 24)

    # when
    choice = choose(counted(LINE, true))

    # then
    try:
        assert leaks_by_listing(counted(LINE, true), choice.published) == set()
    except TooMany:
        assume(False)


@PLAIN
@given(tables(SQUARE, 40))
def test_what_is_chosen_is_safe_and_shows_no_small_count(true):
    # when
    choice = choose(counted(SQUARE, true))

    # then
    quantities = SQUARE.add_up(true)
    assert not (choice.published & is_small(quantities)).any()
    assert not (choice.published & ~SQUARE.publishable).any()
    assert is_proven(counted(SQUARE, true), choice.published, choice.proof)
    assert find_leaks(counted(SQUARE, true), choice.published) == []


def test_the_last_hidden_part_of_a_sum_is_found():
    # given 5 people of one plan kind hidden, the total and the other kind told
    true = table_of(LINE, (0, 0, 0, YES, NO, 5), (1, 0, 0, YES, NO, 30))
    published = numpy.zeros(LINE.shape, dtype=bool)
    published[-1, 0, 0, EITHER, EITHER] = published[1, 0, 0, EITHER, EITHER] = True

    # when
    found = {leak.at: leak for leak in find_leaks(counted(LINE, true), published)}

    # then
    at = int(numpy.ravel_multi_index((0, 0, 0, EITHER, EITHER), LINE.shape))
    assert (found[at].low, found[at].high) == (pytest.approx(5), pytest.approx(5))


def test_people_who_were_not_dispensed_are_found_by_difference():
    # given 40 people of whom 36 were dispensed: 4 were not
    true = table_of(LINE, (0, 0, 0, YES, NO, 36), (0, 0, 0, NO, NO, 4))
    published = numpy.zeros(LINE.shape, dtype=bool)
    published[0, 0, 0, EITHER, EITHER] = published[0, 0, 0, YES, EITHER] = True

    # when
    found = {leak.at for leak in find_leaks(counted(LINE, true), published)}

    # then
    assert int(numpy.ravel_multi_index((0, 0, 0, NO, EITHER), LINE.shape)) in found
    shown = choose(counted(LINE, true)).published[0, 0, 0]
    assert (shown[PATIENTS], shown[DISPENSED]) == (True, False)


def test_two_small_cells_with_a_small_sum_are_found_though_neither_is_known():
    # given 3 + 4 people hidden next to 30: their sum, 7, follows
    lattice = Lattice((("HMO", "PDP", "PPO"), ("OH",), ("Hospital",)), MEASURES)
    true = table_of(lattice, (0, 0, 0, YES, NO, 3), (1, 0, 0, YES, NO, 4), (2, 0, 0, YES, NO, 30))
    published = numpy.zeros(lattice.shape, dtype=bool)
    published[-1, 0, 0, EITHER, EITHER] = published[2, 0, 0, EITHER, EITHER] = True

    # when
    found = {leak.at: leak.high for leak in find_leaks(counted(lattice, true), published)}

    # then
    at = int(numpy.ravel_multi_index((0, 0, 0, EITHER, EITHER), lattice.shape))
    assert found[at] == pytest.approx(7)


def test_every_complementary_suppression_that_is_taken_back_is_noticed():
    # given rows and columns with one small cell: others must be withheld with it
    groups = [(0, 0, 5), (0, 1, 40), (1, 0, 60), (1, 1, 80)]
    true = table_of(SQUARE, *((plan, state, 0, YES, NO, people) for plan, state, people in groups))
    choice = choose(counted(SQUARE, true))
    quantities = SQUARE.add_up(true)
    cells = choice.published[..., 0, EITHER, EITHER]
    hidden = [tuple(place) for place in numpy.argwhere(~cells) if quantities[(*place, 0, EITHER, EITHER)] >= SMALLEST]
    assert len(hidden) == 3

    for place in hidden:
        # when
        planted = choice.published.copy()
        planted[(*place, slice(None), *PATIENTS)] = True

        # then
        assert find_leaks(counted(SQUARE, true), planted) != []
        assert not is_proven(counted(SQUARE, true), planted, choice.proof)


def test_a_proof_with_a_table_that_does_not_fit_is_none():
    # given
    true = table_of(LINE, (0, 0, 0, YES, NO, 5), (1, 0, 0, YES, NO, 30))
    choice = choose(counted(LINE, true))
    assert is_proven(counted(LINE, true), choice.published, choice.proof)

    # when
    forged = [*choice.proof, choice.proof[0] + 1]

    # then
    assert not is_proven(counted(LINE, true), choice.published, forged)
    assert not is_proven(counted(LINE, true), choice.published, [])
    assert not is_proven(counted(LINE, true), choice.published, [true])


CROWD = Lattice((("OH", "MI"), ("Cardiology", "Oncology"), ("Hospital",)), {"hcps": ()})


@st.composite
def crowds(draw):
    """How many there are of each, of whom some contributed."""
    size = CROWD.sums.shape[1]
    most = numpy.array(draw(st.lists(st.integers(0, 14), min_size=size, max_size=size)), dtype=numpy.int64)
    true = numpy.array([draw(st.integers(0, int(there))) for there in most], dtype=numpy.int64)
    return Table(CROWD, true, is_small(CROWD.add_up(true)) | is_small(CROWD.add_up(most)), CROWD.publishable, most)


@PLAIN
@given(crowds(), st.integers(0, 2**9 - 1))
def test_the_audit_finds_what_listing_finds_where_everybody_knows_how_many_there_are(table, chosen):
    # given a publication chosen at random, safe or not
    published = numpy.zeros(CROWD.shape, dtype=bool)
    published[..., 0] = numpy.array([chosen >> bit & 1 for bit in range(9)], dtype=bool).reshape(3, 3)

    # when
    try:
        expected = leaks_by_listing(table, published)
    except TooMany:
        assume(False)

    # then
    assert {leak.at for leak in find_leaks(table, published)} == expected


@PLAIN
@given(crowds())
def test_what_is_chosen_of_a_known_crowd_passes_the_listing(table):
    # when
    choice = choose(table)

    # then
    assert not (choice.published & table.protected).any()
    assert is_proven(table, choice.published, choice.proof)
    try:
        assert leaks_by_listing(table, choice.published) == set()
    except TooMany:
        assume(False)


def test_a_zero_that_leaves_a_single_hcp_is_withheld():
    # given 12 HCPs of whom one contributed: the other group of 11 has a zero, which would name the one
    lattice = Lattice((("OH", "MI"), ("Hospital",)), {"hcps": ()})
    true, most = numpy.array([1, 0]), numpy.array([1, 11])
    protected = is_small(lattice.add_up(true)) | is_small(lattice.add_up(most))
    table = Table(lattice, true, protected, lattice.publishable, most)

    # when
    choice = choose(table)

    # then
    assert not choice.published.any()
    assert find_leaks(table, numpy.array([[False, False], [True, False], [False, False]])) != []


def test_a_large_amount_is_safe_only_where_a_fifth_of_it_is_open():
    # given 500 fills, nearly all by one prescriber, in a line whose other part is known to have 50 to 60
    lattice = Lattice((("OH", "MI"), ("Hospital",)), {"trx": ()})
    true = numpy.array([500, 55])
    protected = numpy.array([[True, True], [False, False], [False, False]])
    table = Table(lattice, true, protected, lattice.publishable, numpy.array([10_000, 60]))

    # when
    leaks = find_leaks(table, numpy.array([[False, False], [False, False], [False, True]]))

    # then: between 495 and 555 is not wide enough
    assert [(leak.at, leak.low, leak.high) for leak in leaks] == [
        (at, pytest.approx(495), pytest.approx(555)) for at in (0, 1)
    ]
    assert not choose(table).published.any()
