"""The contract of a table as SQL: a cleaned text becomes a typed value, or a complaint."""

from dataclasses import dataclass

from graph.ingest.engine import literal, quoted, tokenised
from graph.sources import Column, Table

_WRONG = {
    "integer": "is not a whole number",
    "number": "is not a number",
    "boolean": "is neither yes nor no",
    "date": "is not a date",
    "datetime": "is not a date with time as ISO 8601 writes it",
    "npi": "is not a valid NPI",
    "ndc11": "is not an NDC of eleven digits",
}
LONGEST_TEXT, LONGEST_NOTE = 8_000, 100_000
"""Bytes. A longer text does not fit into the store's indexes; a longer note is none."""
NO_PROBLEM = 'NULL::STRUCT("column" VARCHAR, reason VARCHAR, value VARCHAR)'
_IMPERSONAL = ("integer", "number", "boolean", "date", "datetime", "npi", "ndc11")
_YES, _NO = "('y', 'yes', 'true', 't', '1')", "('n', 'no', 'false', 'f', '0')"


SQL_TYPES = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "texts": "VARCHAR[]",
}
"""DuckDB types of contract columns; all others are VARCHAR."""


@dataclass(frozen=True, slots=True)
class Checked:
    """SQL of one column over the cleaned text: its value, and its complaint or NULL."""

    column: Column
    value: str
    complaint: str


def cleaned(raw: str, masks: tuple[str, ...]) -> str:
    """SQL that trims a raw value; empty and masked ones become NULL."""
    text = f"nullif(trim({raw}), '')"
    if not masks:
        return text
    return f"CASE WHEN {text} NOT IN ({', '.join(literal(mask) for mask in masks)}) THEN {text} END"


def checked(column: Column) -> Checked:
    """How the cleaned text in the column of the same name is typed and judged."""
    text = quoted(column.name)
    value = _typed(column, text)
    complaints = []
    if column.type == "note":
        too_long = f"is longer than {LONGEST_NOTE:,} bytes"
        complaints.append(f"WHEN {quoted(column.name + '_bytes')} > {LONGEST_NOTE} THEN {literal(too_long)}")
    elif column.type not in _WRONG:
        complaints += _text_complaints(column, text)
    if column.required:
        complaints.append(f"WHEN {text} IS NULL THEN 'is missing'")
    another = is_of_another_type(column)
    if another is not None:
        reason = _WRONG[column.type] + (f" ({column.format})" if column.type == "date" else "")
        complaints.append(f"WHEN {another} THEN {literal(reason)}")
    if column.values:
        allowed = ", ".join(literal(one) for one in column.values)
        reason = f"is not one of {', '.join(column.values)}"
        complaints.append(f"WHEN {text} NOT IN ({allowed}) THEN {literal(reason)}")
    if column.minimum is not None:
        complaints.append(f"WHEN ({value}) < {column.minimum} THEN {literal(f'is below {column.minimum:g}')}")
    if column.maximum is not None:
        complaints.append(f"WHEN ({value}) > {column.maximum} THEN {literal(f'is above {column.maximum:g}')}")
    complaint = f"CASE {' '.join(complaints)} END" if complaints else "NULL::VARCHAR"
    return Checked(column, value, complaint)


def is_of_another_type(column: Column) -> str | None:
    """SQL that is true where the cleaned text is no value of the column's type; None where every text is one."""
    text = quoted(column.name)
    return f"{text} IS NOT NULL AND ({_typed(column, text)}) IS NULL" if column.type in _WRONG else None


def may_be_told(table: Table, name: str) -> bool:
    """True for a value that cannot be a person's: beside persons only a type that leaves no room for one."""
    column = next((one for one in table.columns if one.name == name), None)
    if not any(one.personal for one in table.columns):
        return True
    return column is not None and not column.personal and column.type in _IMPERSONAL


def problem(columns: list[Checked]) -> str:
    """SQL for the first problem of a row's texts as a struct (column, reason, value), or NULL.

    No value is told where any column is personal: in a row whose cells have slipped, any cell may hold a person.
    """
    personal = any(one.column.personal for one in columns)
    parts = []
    for one in columns:
        if one.complaint == "NULL::VARCHAR":
            continue
        shown = "NULL::VARCHAR" if personal else f"left({quoted(one.column.name)}::VARCHAR, 80)"
        name = literal(one.column.name)
        parts.append(
            f"WHEN ({one.complaint}) IS NOT NULL THEN {{'column': {name}, 'reason': {one.complaint}, 'value': {shown}}}"
        )
    return f"CASE {' '.join(parts)} END" if parts else NO_PROBLEM


def row_problem(table: Table) -> str:
    """SQL for the first check of the whole row that its typed values fail, as a struct, or NULL."""
    parts = [
        f"WHEN {sql} THEN {{'column': NULL::VARCHAR, 'reason': {literal(reason)}, 'value': NULL::VARCHAR}}"
        for sql, reason in table.checks
    ]
    return f"CASE {' '.join(parts)} END" if parts else NO_PROBLEM


def _text_complaints(column: Column, text: str) -> list[str]:
    whole = f"array_to_string({text}, '')" if column.repeat else text
    if column.repeat or column.type == "texts":
        parts = text if column.repeat else f"string_split({text}, {literal(column.separator)})"
        longest = f"list_max(list_transform({parts}, lambda part: strlen(part)))"
    else:
        longest = f"strlen({text})"
    return [
        f"WHEN {longest} > {LONGEST_TEXT} THEN {literal(f'is longer than {LONGEST_TEXT:,} bytes')}",
        f"WHEN contains({whole}, chr(0)) THEN 'holds a NUL character'",
    ]


def _typed(column: Column, text: str) -> str:
    match column.type:
        case "integer":
            return (
                f"CASE WHEN regexp_full_match({text}, '[+-]?\\d{{1,18}}(\\.0+)?') "
                f"THEN try_cast(split_part({text}, '.', 1) AS BIGINT) END"
            )
        case "number":
            number = f"try_cast({text} AS DOUBLE)"
            return f"CASE WHEN isfinite({number}) THEN {number} END"
        case "boolean":
            return f"CASE WHEN lower({text}) IN {_YES} THEN true WHEN lower({text}) IN {_NO} THEN false END"
        case "date":
            formats = ", ".join(literal(one) for one in column.format.split(" or "))
            date = f"try_strptime({text}, [{formats}])::DATE"
            return f"CASE WHEN {date} BETWEEN DATE '1900-01-01' AND DATE '2199-12-31' THEN {date} END"
        case "datetime":
            # The time is optional; without a zone it counts as UTC.
            moment = f"try_cast({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
            return f"CASE WHEN {moment} BETWEEN DATE '1900-01-01' AND DATE '2199-12-31' THEN {moment} END"
        case "npi":
            return f"CASE WHEN npi_valid({text}) THEN {text} END"
        case "ndc11":
            return f"ndc11({text})"
        case "texts" if not column.repeat:
            parts = f"list_transform(string_split({text}, {literal(column.separator)}), lambda part: trim(part))"
            return f"list_filter({parts}, lambda part: part <> '')"
        case "token":
            return tokenised(column.name, text)
        case _:
            return text
