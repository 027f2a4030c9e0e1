"""Claims: what each source says now, one Parquet file per select, compared with what it said before."""

from dataclasses import dataclass
from pathlib import Path

from graph.errors import ApprovalNeeded, SourceError
from graph.ingest.engine import Connection, copy, literal, met, quoted, scalar, scan, sql_type, told
from graph.ingest.resolve import learn_identifiers, resolve_node, resolve_relationship
from graph.ingest.scope import Scope, open_unresolved
from graph.schema.catalogue import properties, rel_type
from graph.schema.core import Prop
from graph.sources import Claim, Mapping

BREAKER_SHARE, BREAKER_ROWS = 0.02, 5
"""A source that loses more than this share of a label or type (or of an edition), and more than so many rows, at once
is held."""
TOUCHED_KEYS = "touched"
"""Beside the folder of claims: per claim file that differs from the one before, the keys of its rows that do."""
LINEAGE = ("_record", "_known_at", "_valid_at", "_restated", "_run")


@dataclass(slots=True)
class Counts:
    """Differences of one source's claims to its committed ones."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    tombstoned: int = 0

    def add(self, inserted: int, updated: int, unchanged: int, tombstoned: int) -> None:
        self.inserted += inserted
        self.updated += updated
        self.unchanged += unchanged
        self.tombstoned += tombstoned


def file_name(at: int, claim: Claim) -> str:
    """Name of the Parquet file of the claim at this place of its mapping."""
    if claim.kind == "node":
        return f"{at:02d}-{claim.target}.parquet"
    return f"{at:02d}-{claim.target}-{claim.start[0]}-{claim.end[0]}.parquet"


def write_claims(
    connection: Connection,
    mapping: Mapping,
    folder: Path,
    delivered: str,
    *,
    approve_deletes: bool,
    scope: Scope | None = None,
) -> Counts:
    """Run the selects of an opened mapping and replace its claim files in ``folder``; return the differences."""
    connection.execute(f"SET VARIABLE delivered = DATE {literal(delivered)}")
    if scope is None:
        open_unresolved(connection)
    counts = Counts()
    for at, claim in enumerate(mapping.claims):
        path = folder / mapping.name / file_name(at, claim)
        declared = _pick(connection, mapping, claim, scope)
        if claim.kind == "node":
            resolve_node(connection, mapping, claim)
        else:
            resolve_relationship(connection, mapping, claim)
        _check_values(connection, mapping, claim, declared)
        if claim.kind == "node":
            learn_identifiers(connection, claim)
            if not declared:
                continue
        keys = _keys(claim)
        _now(connection, claim, declared, keys)
        touched = None if scope is None or not path.exists() else scope.touched(claim)
        _compare(connection, mapping, claim, declared, keys, path, counts, approve_deletes, touched)
    if scope is not None:
        scope.keep_rest(connection)
    for left in ("picked", "resolved", "now", "before", "next"):
        connection.execute(f"DROP TABLE IF EXISTS {left}")
    return counts


def _pick(connection: Connection, mapping: Mapping, claim: Claim, scope: Scope | None) -> dict[str, Prop]:
    """Make the temporary table `picked`; return the declared properties it has."""
    try:
        select = claim.select if scope is None else scope.select(claim)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE picked AS {select}")
    except Exception as error:
        raise SourceError(f"mapping {mapping.name!r}, {claim.target}: {told(error)}") from error
    columns = [row[0] for row in connection.execute("DESCRIBE picked").fetchall()]
    for name, kind in (("_record", "VARCHAR"), ("_valid_at", "DATE"), ("_restated", "BOOLEAN")):
        if name not in columns:
            connection.execute(f"ALTER TABLE picked ADD COLUMN {name} {kind}")
    known = properties(claim.target)
    extra = {*claim.identify.values(), claim.start[2], claim.end[2], claim.partition}
    undeclared = [name for name in columns if name not in known and name not in extra and not name.startswith("_")]
    if undeclared:
        raise SourceError(f"mapping {mapping.name!r}: {claim.target}.{undeclared[0]} is not declared in graph/schema")
    unset = [name for name in claim.when_gone if name not in columns]
    if unset:
        raise SourceError(f"mapping {mapping.name!r}: when_gone sets {unset[0]!r}, so the select has to give it")
    return {name: known[name] for name in columns if name in known}


def _keys(claim: Claim) -> tuple[str, ...]:
    return ("_id",) if claim.kind == "node" else ("_start", "_end", *rel_type(claim.target).key)


def _check_values(connection: Connection, mapping: Mapping, claim: Claim, declared: dict[str, Prop]) -> None:
    """Put aside rows of `resolved` that the declaration does not allow."""
    required = () if claim.kind == "node" else rel_type(claim.target).key
    conditions = []
    for name, prop in declared.items():
        if name in required:
            conditions.append((name, f"{quoted(name)} IS NULL", "is missing"))
        if prop.values:
            allowed = ", ".join(literal(value) for value in prop.values)
            conditions.append((name, f"{quoted(name)} NOT IN ({allowed})", f"is not one of {', '.join(prop.values)}"))
    for name, condition, reason in met(connection, "resolved", conditions):
        connection.execute(
            f"INSERT INTO aside SELECT {literal(mapping.name)}, {literal(claim.target)}, NULL, "
            "regexp_extract(_record, '^(.*):(\\d+)$', 1), "
            "try_cast(regexp_extract(_record, '^(.*):(\\d+)$', 2) AS BIGINT), "
            f"{literal(name)}, {literal(reason)}, NULL FROM resolved WHERE {condition}"
        )
        connection.execute(f"DELETE FROM resolved WHERE {condition}")


def _now(connection: Connection, claim: Claim, declared: dict[str, Prop], keys: tuple[str, ...]) -> None:
    """Make the temporary table `now`: keys, properties in their declared types, lineage; one row per key."""
    ids = ("_id",) if claim.kind == "node" else ("_start", "_end")
    values = [f"{_cast(name, prop)} AS {quoted(name)}" for name, prop in declared.items()]
    if claim.partition is not None:
        values.append(f"{quoted(claim.partition)}::VARCHAR AS _partition")
    partition = ", ".join(quoted(key) for key in keys)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE now AS SELECT {', '.join([*ids, *values])}, _record, "
        "_known_at::DATE AS _known_at, coalesce(_valid_at, _known_at)::DATE AS _valid_at, "
        "_restated::BOOLEAN AS _restated, getvariable('run')::VARCHAR AS _run, false AS _gone "
        f"FROM resolved QUALIFY row_number() OVER (PARTITION BY {partition} ORDER BY _known_at DESC, _record DESC) = 1"
    )


def _cast(name: str, prop: Prop) -> str:
    value = f"{quoted(name)}::{sql_type(prop)}"
    return f"list_filter({value}, lambda _item: _item IS NOT NULL)" if prop.type.endswith("s") else value


def _compare(
    connection: Connection,
    mapping: Mapping,
    claim: Claim,
    declared: dict[str, Prop],
    keys: tuple[str, ...],
    path: Path,
    counts: Counts,
    approve_deletes: bool,
    touched: str | None,
) -> None:
    """Count differences of `now` to the claim file at ``path`` and replace it, with what the source keeps.

    With ``touched``, SQL for values of the claim's partition, both are about these; the claims of the others stay.

    A claim that says what it said before keeps its lineage: the record and the run that said it first.
    """
    written = path.exists()
    untouched = f"FROM {scan([path])} WHERE _partition NOT IN ({touched})"
    had = _before(connection, declared, path, touched)
    same = " AND ".join(f"b.{quoted(key)} = n.{quoted(key)}" for key in keys)
    gone = f"NOT EXISTS (SELECT 1 FROM now n WHERE {same})"
    values = [name for name in declared if name not in keys]
    differs = " OR ".join(f"n.{quoted(name)} IS DISTINCT FROM b.{quoted(name)}" for name in values) or "false"
    kept = ", ".join(f"CASE WHEN _state = 'unchanged' THEN {name}_before ELSE {name} END AS {name}" for name in LINEAGE)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE next AS SELECT * REPLACE ({kept}) FROM (SELECT n.*, "
        f"{', '.join(f'b.{name} AS {name}_before' for name in LINEAGE)}, CASE WHEN b.{quoted(keys[0])} IS NULL "
        f"THEN 'inserted' WHEN b._gone OR {differs} THEN 'updated' ELSE 'unchanged' END AS _state "
        f"FROM now n LEFT JOIN before b ON {same})"
    )
    found = dict(connection.execute("SELECT _state, count(*) FROM next GROUP BY ALL").fetchall())
    before, lost, absent = connection.execute(
        f"SELECT count(*) FILTER (NOT _gone), count(*) FILTER (NOT _gone AND {gone}), count(*) FILTER ({gone}) "
        "FROM before b"
    ).fetchone()
    others = int(scalar(connection, f"SELECT count(*) {untouched} AND NOT _gone")) if touched else 0
    before += others
    if not approve_deletes:
        hold_too_many(lost, before, claim.target)
    dated = claim.kind == "relationship" and "to" in declared
    ended = lost if dated or (not claim.keep and (claim.mints or claim.kind == "relationship")) else 0
    counts.add(found.get("inserted", 0), found.get("updated", 0), found.get("unchanged", 0) + others, ended)
    left = lost if claim.keep or dated else absent
    if written and not (left or found.keys() - {"unchanged"}) and had == _columns(connection, "now"):
        # The file stays the very one of the run before, by which the fold sees that nothing is to be done.
        return
    extra = ", ".join(["_state", *(f"{name}_before" for name in LINEAGE)])
    select = f"SELECT * EXCLUDE ({extra}) FROM next"
    if claim.keep or dated:
        replaced = {"_gone": "true"} | {
            name: f"({sql})::{sql_type(declared[name])}" for name, sql in claim.when_gone.items()
        }
        if dated:
            replaced |= {"to": "coalesce(\"to\", getvariable('delivered'))", "_known_at": _on_leaving("_known_at")}
        if dated or claim.when_gone:
            replaced["_run"] = "CASE WHEN _gone THEN _run ELSE getvariable('run')::VARCHAR END"
        changes = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in replaced.items())
        select += f" UNION ALL BY NAME SELECT * REPLACE ({changes}) FROM before b WHERE {gone}"
    if touched:
        select += f" UNION ALL BY NAME SELECT * {untouched}"
    copy(connection, select, path)
    if written and had == _columns(connection, "now"):
        ids = ", ".join(quoted(key) for key in keys)
        went = f"{gone} AND NOT b._gone" if claim.keep or dated else gone
        differ = f"SELECT {ids} FROM next WHERE _state <> 'unchanged' UNION ALL SELECT {ids} FROM before b WHERE {went}"
        copy(connection, differ, path.parents[2] / TOUCHED_KEYS / mapping.name / path.name)


def hold_too_many(lost: int, before: int, what: str) -> None:
    """Raise `ApprovalNeeded` when so many of what there were before are gone that somebody has to say it is meant."""
    if lost > max(BREAKER_ROWS, BREAKER_SHARE * before):
        raise ApprovalNeeded(
            f"{lost} of {before} {what} vanish at once; check the delivery, "
            "then run again with --approve-deletes and the run that `twin runs` shows"
        )


def _on_leaving(column: str) -> str:
    """SQL that dates a row when it leaves, and leaves it alone afterwards."""
    return f"CASE WHEN _gone THEN {column} ELSE getvariable('delivered') END"


def _columns(connection: Connection, table: str) -> set[str]:
    return {row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()}


def _before(connection: Connection, declared: dict[str, Prop], path: Path, touched: str | None) -> set[str]:
    """Make the temporary table `before` from the claim file; a column that it lacks is null. Return the others."""
    if not path.exists():
        connection.execute("CREATE OR REPLACE TEMP TABLE before AS SELECT * FROM now WHERE false")
        return set()
    where = f" WHERE _partition IN ({touched})" if touched else ""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE before AS SELECT * FROM {scan([path])}{where}")
    had = _columns(connection, "before")
    wanted = {name: sql_type(prop) for name, prop in declared.items()} | {"_run": "VARCHAR", "_restated": "BOOLEAN"}
    for name, kind in wanted.items():
        if name not in had:
            connection.execute(f"ALTER TABLE before ADD COLUMN {quoted(name)} {kind}")
    return had
