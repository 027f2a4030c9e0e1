"""Judging: the raw rows of a file become typed rows, or rows that are put aside; a file that is something else is held.

Works on the temporary tables `raw` and `unreadable` and makes `judged` and `put_aside`.
"""

from graph.errors import SourceError
from graph.ingest.contract import Checked, checked, cleaned, is_of_another_type, problem, row_problem
from graph.ingest.csvfile import Layout
from graph.ingest.engine import Connection, quoted, scalar
from graph.ingest.scrub.landing import note_columns
from graph.sources import Column, Table

FEW = 20
"""So many wrong rows, or rows at all, say nothing about a file."""


def judge(connection: Connection, table: Table, shape: Layout) -> None:
    """Make `judged`: typed columns, `_line`, and `_problem` where a row breaks the contract; and `put_aside`."""
    columns, base = _base(table, shape)
    typed = ", ".join(f"{one.value} AS {quoted(one.column.name)}" for one in columns)
    extra = f", {quoted(table.unpivot.name)}" if table.unpivot is not None else ""
    for column in table.columns:
        if column.type == "note":
            extra += f", {quoted(column.name + '_removed')}"
    connection.execute("DROP TABLE IF EXISTS judged")
    connection.execute(
        f"CREATE TEMP TABLE judged AS SELECT * EXCLUDE (_first), coalesce(_first, {row_problem(table)}) AS _problem "
        f"FROM (SELECT _line{extra}, {typed}, {problem(columns)} AS _first FROM ({base}))"
    )
    connection.execute("DROP TABLE IF EXISTS put_aside")
    connection.execute(
        """CREATE TEMP TABLE put_aside AS
        SELECT _line, _problem."column" AS "column", _problem.reason AS reason, _problem.value AS value
        FROM judged WHERE _problem IS NOT NULL
        UNION ALL SELECT _line, NULL, reason, NULL FROM unreadable"""
    )


def hold_what_is_something_else(connection: Connection, table: Table, shape: Layout, name: str, rows: int) -> None:
    """Raise `SourceError` naming the column when its type or unit changed, or too much of the file is put aside."""
    bad = int(scalar(connection, "SELECT count(DISTINCT _line) FROM put_aside"))
    if bad > FEW:
        _hold_retyped(connection, table, shape, name)
        if bad > table.quarantine_limit * rows:
            column, reason, count = connection.execute(
                'SELECT "column", reason, count(DISTINCT _line) FROM put_aside GROUP BY ALL ORDER BY 3 DESC, 1, 2'
            ).fetchone()
            what = "the record" if column is None else f"column {column!r}"
            raise SourceError(
                f"file {name!r}: {bad} of {rows} records break the contract, more than {table.quarantine_limit:.0%}; "
                f"in {count} of them {what} {reason}: mend the file or the mapping"
            )
    for one in table.columns:
        if one.median is not None:
            _hold_other_unit(connection, one, name)


def warnings(connection: Connection, table: Table) -> list[str]:
    """What is new in the file and no reason to hold it: values outside a column's list."""
    found = []
    for column in table.columns:
        if not column.values:
            continue
        rows, values = connection.execute(
            "SELECT count(DISTINCT _line), list_sort(list(DISTINCT value) FILTER (value IS NOT NULL)) FROM put_aside "
            "WHERE \"column\" = $1 AND starts_with(reason, 'is not one of')",
            [column.name],
        ).fetchone()
        if rows:
            named = f" ({', '.join(repr(value) for value in values[:3])})" if values else ""
            found.append(f"column {column.name!r} has values outside its list in {rows} records{named}")
    return found


def _base(table: Table, shape: Layout) -> tuple[list[Checked], str]:
    """The columns as they are judged, and SQL for their cleaned texts."""
    columns = [checked(column) for column in table.columns]
    notes = [column.name for column in table.columns if column.type == "note"]
    texts = ", ".join(
        note_columns(column.name) if column.name in notes else f"{_text(column, shape, table)} AS {quoted(column.name)}"
        for column in table.columns
    )
    source = "raw" + "".join(f" LEFT JOIN {quoted('note_' + name)} USING (_line)" for name in notes)
    base = f"SELECT _line, {texts} FROM {source}"
    if table.unpivot is None:
        return columns, base
    name, value = table.unpivot.name, table.unpivot.value
    titles = ", ".join(f"{quoted(f'c{at}')} AS {quoted(title)}" for title, at in shape.others.items())
    over = ", ".join(quoted(title) for title in shape.others)
    base = (
        f"SELECT * EXCLUDE (_value), trim(_value) AS {quoted(value)} FROM (UNPIVOT "
        f"(SELECT _line, {texts}, {titles} FROM {source}) ON {over} INTO NAME {quoted(name)} VALUE _value) "
        "WHERE trim(_value) NOT IN ('', '0')"
    )
    return [*columns, checked(Column(value, (value,), type="integer", minimum=table.unpivot.minimum))], base


def _text(column: Column, shape: Layout, table: Table) -> str:
    """SQL for the cleaned text of a column, a list of texts in slot order for a repeated one."""
    places = [quoted(f"c{at}") for at in shape.positions[column.name]]
    if column.repeat:
        # One expression for all slots: planning one for each takes longer than reading a small file.
        slots = f"[{', '.join(places)}]::VARCHAR[]"
        return f"list_transform({slots}, lambda slot: {cleaned('slot', table.masks)})"
    return cleaned(places[0], table.masks) if places else "NULL::VARCHAR"


def _hold_retyped(connection: Connection, table: Table, shape: Layout, name: str) -> None:
    columns, base = _base(table, shape)
    for one in columns:
        wrong = is_of_another_type(one.column)
        if wrong is None:
            continue
        failed, given = connection.execute(
            f"SELECT count(*) FILTER ({wrong}), count({quoted(one.column.name)}) FROM ({base})"
        ).fetchone()
        if failed > FEW and failed > table.quarantine_limit * given:
            raise SourceError(
                f"file {name!r}: column {one.column.name!r} is no {one.column.type} any more: {failed} of {given} "
                "values are not; mend the file or the mapping"
            )


def _hold_other_unit(connection: Connection, column: Column, name: str) -> None:
    low, high = column.median or (0.0, 0.0)
    given, median = connection.execute(
        f"SELECT count({quoted(column.name)}), median({quoted(column.name)}) FROM judged WHERE _problem IS NULL"
    ).fetchone()
    if given > FEW and not low <= median <= high:
        raise SourceError(
            f"file {name!r}: the median of column {column.name!r} is {median:g}, its mapping says {low:g} to {high:g}: "
            "did its unit change?"
        )
