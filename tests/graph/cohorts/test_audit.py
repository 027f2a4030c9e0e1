"""The audit finds exactly what listing every possible table finds, and what is chosen for publication passes both."""

import numpy
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from graph.cohorts.audit import SMALLEST, WIDTH, find_leaks, is_proven, is_small
from graph.cohorts.lattice import EITHER, NO, YES, Lattice
from graph.cohorts.suppress import choose
from tests.graph.cohorts.enumerate import TooMany, all_tables, bounds

PATIENTS = (EITHER, EITHER)
DISPENSED = (YES, EITHER)
SQUARE = Lattice((("HMO", "PDP"), ("OH", "MI"), ("Hospital",)))
LINE = Lattice((("HMO", "PDP"), ("OH",), ("Hospital",)))
PLAIN = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def table_of(lattice, *groups):
    """A table from (plan place, state place, site place, dispensed, rejected, people)."""
    table = numpy.zeros(lattice.atoms, dtype=numpy.int64)
    for *atom, people in groups:
        table[tuple(atom)] = people
    return table.ravel()


def leaks_by_listing(lattice, true, published):
    """Places of small quantities that are not safe, from all tables."""
    quantities = lattice.add_up(true)
    low, high = bounds(lattice, all_tables(lattice, quantities, published))
    unsafe = (high < SMALLEST) | (high - low < WIDTH)
    return set(numpy.flatnonzero(is_small(quantities.ravel()) & unsafe).tolist())


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
        expected = leaks_by_listing(LINE, true, published)
    except TooMany:
        assume(False)

    # then
    assert {leak.at for leak in find_leaks(LINE, true, published)} == expected


@PLAIN
@given(tables(LINE, 14))
def test_what_is_chosen_passes_the_listing(true):
    # given
    assume(0 < true.sum() <= 24)

    # when
    choice = choose(LINE, true)

    # then
    try:
        assert leaks_by_listing(LINE, true, choice.published) == set()
    except TooMany:
        assume(False)


@PLAIN
@given(tables(SQUARE, 40))
def test_what_is_chosen_is_safe_and_shows_no_small_count(true):
    # when
    choice = choose(SQUARE, true)

    # then
    quantities = SQUARE.add_up(true)
    assert not (choice.published & is_small(quantities)).any()
    assert not (choice.published & ~SQUARE.publishable).any()
    assert is_proven(SQUARE, true, choice.published, choice.proof)
    assert find_leaks(SQUARE, true, choice.published) == []


def test_the_last_hidden_part_of_a_sum_is_found():
    # given 5 people of one plan kind hidden, the total and the other kind told
    true = table_of(LINE, (0, 0, 0, YES, NO, 5), (1, 0, 0, YES, NO, 30))
    published = numpy.zeros(LINE.shape, dtype=bool)
    published[-1, 0, 0, EITHER, EITHER] = published[1, 0, 0, EITHER, EITHER] = True

    # when
    found = {leak.at: leak for leak in find_leaks(LINE, true, published)}

    # then
    at = int(numpy.ravel_multi_index((0, 0, 0, EITHER, EITHER), LINE.shape))
    assert (found[at].low, found[at].high) == (pytest.approx(5), pytest.approx(5))


def test_people_who_were_not_dispensed_are_found_by_difference():
    # given 40 people of whom 36 were dispensed: 4 were not
    true = table_of(LINE, (0, 0, 0, YES, NO, 36), (0, 0, 0, NO, NO, 4))
    published = numpy.zeros(LINE.shape, dtype=bool)
    published[0, 0, 0, EITHER, EITHER] = published[0, 0, 0, YES, EITHER] = True

    # when
    found = {leak.at for leak in find_leaks(LINE, true, published)}

    # then
    assert int(numpy.ravel_multi_index((0, 0, 0, NO, EITHER), LINE.shape)) in found
    shown = choose(LINE, true).published[0, 0, 0]
    assert (shown[PATIENTS], shown[DISPENSED]) == (True, False)


def test_two_small_cells_with_a_small_sum_are_found_though_neither_is_known():
    # given 3 + 4 people hidden next to 30: their sum, 7, follows
    lattice = Lattice((("HMO", "PDP", "PPO"), ("OH",), ("Hospital",)))
    true = table_of(lattice, (0, 0, 0, YES, NO, 3), (1, 0, 0, YES, NO, 4), (2, 0, 0, YES, NO, 30))
    published = numpy.zeros(lattice.shape, dtype=bool)
    published[-1, 0, 0, EITHER, EITHER] = published[2, 0, 0, EITHER, EITHER] = True

    # when
    found = {leak.at: leak.high for leak in find_leaks(lattice, true, published)}

    # then
    at = int(numpy.ravel_multi_index((0, 0, 0, EITHER, EITHER), lattice.shape))
    assert found[at] == pytest.approx(7)


def test_every_complementary_suppression_that_is_taken_back_is_noticed():
    # given rows and columns with one small cell: others must be withheld with it
    groups = [(0, 0, 5), (0, 1, 40), (1, 0, 60), (1, 1, 80)]
    true = table_of(SQUARE, *((plan, state, 0, YES, NO, people) for plan, state, people in groups))
    choice = choose(SQUARE, true)
    quantities = SQUARE.add_up(true)
    cells = choice.published[..., 0, EITHER, EITHER]
    hidden = [tuple(place) for place in numpy.argwhere(~cells) if quantities[(*place, 0, EITHER, EITHER)] >= SMALLEST]
    assert len(hidden) == 3

    for place in hidden:
        # when
        planted = choice.published.copy()
        planted[(*place, slice(None), *PATIENTS)] = True

        # then
        assert find_leaks(SQUARE, true, planted) != []
        assert not is_proven(SQUARE, true, planted, choice.proof)


def test_a_proof_with_a_table_that_does_not_fit_is_none():
    # given
    true = table_of(LINE, (0, 0, 0, YES, NO, 5), (1, 0, 0, YES, NO, 30))
    choice = choose(LINE, true)
    assert is_proven(LINE, true, choice.published, choice.proof)

    # when
    forged = [*choice.proof, choice.proof[0] + 1]

    # then
    assert not is_proven(LINE, true, choice.published, forged)
    assert not is_proven(LINE, true, choice.published, [])
    assert not is_proven(LINE, true, choice.published, [true])
