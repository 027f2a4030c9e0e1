"""Envelopes of a file: what is something else is held and named, what is merely new is a warning; no database."""

from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.ingest.engine import Connection
from graph.settings import Settings
from tests.graph.ingest.landing import column, landed, table, write

COLUMNS = (column("key"), column("n", type="integer"), column("kind", values=("a", "b")))


def rows(*cells: str, header: str = "key,n,kind") -> str:
    return "\n".join([header, *(f"{at},{cell}" for at, cell in enumerate(cells))]) + "\n"


def test_a_retyped_column_holds_the_file_and_is_named(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given a column that is mostly empty, and 21 values that are no numbers any more
    path = write(tmp_path, rows(*["x,a"] * 21, *["7,a"] * 79, *[",a"] * 300))

    # when, then
    with pytest.raises(SourceError, match=r"'rows\.csv': column 'n' is no integer any more: 21 of 100 values are not"):
        landed(connection, settings, path, table(*COLUMNS))
    assert list((settings.home / "landing").rglob("*.json")) == []


def test_a_few_wrong_values_are_put_aside(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given as many as say nothing about the file
    path = write(tmp_path, rows(*["x,a"] * 20, "7,a"))

    # when
    note, good, bad = landed(connection, settings, path, table(*COLUMNS))

    # then
    assert (len(good), len(bad), note.quarantined) == (1, 20, 20)


def test_too_much_quarantine_holds_the_file_and_names_what_fails_most(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given
    path = write(tmp_path, rows(*["7,c"] * 25, *["7,a"] * 75))

    # when, then
    with pytest.raises(
        SourceError,
        match=r"25 of 100 records break the contract, more than 20%; in 25 of them column 'kind' is not one of a, b",
    ):
        landed(connection, settings, path, table(*COLUMNS))
    note, _, bad = landed(connection, settings, path, table(*COLUMNS, quarantine_limit=0.3))
    assert (note.quarantined, len(bad)) == (25, 25)


def test_another_unit_holds_the_file(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given hours where days were
    shape = table(column("key"), column("days", type="number", median=(1.0, 90.0)))
    days = write(tmp_path, rows(*["30"] * 25, header="key,days"))
    hours = write(tmp_path, rows(*["720"] * 25, header="key,days"), name="hours.csv")

    # when, then
    landed(connection, settings, days, shape)
    with pytest.raises(SourceError, match=r"the median of column 'days' is 720, its mapping says 1 to 90"):
        landed(connection, settings, hours, shape)


def test_a_new_column_and_a_new_value_are_warnings(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given a file, then one with another column and another value
    first = write(tmp_path, rows("7,a,-", header="key,n,kind,unread"), name="first.csv")
    second = write(tmp_path, rows("7,a,-,-", "7,c,-,-", header="key,n,kind,unread,added"), name="second.csv")

    # when
    old, _, _ = landed(connection, settings, first, table(*COLUMNS))
    new, good, bad = landed(connection, settings, second, table(*COLUMNS))
    again, _, _ = landed(connection, settings, second, table(*COLUMNS))

    # then
    assert old.warnings == ()
    assert new.warnings == again.warnings
    assert new.warnings == (
        "column 'added' is new: the contract does not read it",
        "column 'kind' has values outside its list in 1 records ('c')",
    )
    assert (len(good), [row[:3] for row in bad]) == (1, [(3, "kind", "is not one of a, b")])


def test_many_new_columns_are_one_warning(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given
    first = write(tmp_path, rows("7,a", header="key,kind"), name="first.csv")
    second = write(tmp_path, rows("7,a,,,,,,,", header="key,kind,t,u,v,w,x,y,z"), name="second.csv")
    contract = table(column("key"), column("kind"))

    # when
    landed(connection, settings, first, contract)
    new, _, _ = landed(connection, settings, second, contract)

    # then
    assert new.warnings == ("7 columns are new ('t', 'u', 'v', 'w', 'x' and 2 more): the contract does not read them",)


def test_a_new_value_is_not_told_beside_persons(connection: Connection, settings: Settings, tmp_path: Path) -> None:
    # given
    path = write(tmp_path, rows("P-1,a", "P-2,P-SECRET-3", header="key,person_id,kind"))
    shape = table(column("key"), column("person_id", type="token", personal=True), column("kind", values=("a",)))

    # when
    note, _, _ = landed(connection, settings, path, shape)

    # then
    assert note.warnings == ("column 'kind' has values outside its list in 1 records",)
