"""Claims of one source; no database is needed."""

from dataclasses import replace
from pathlib import Path

from graph.ingest.claims import Counts, write_claims
from graph.ingest.delivery import discover
from graph.ingest.engine import Connection, engine, scan
from graph.ingest.identifiers import open_identifiers
from graph.ingest.landing import checksum, land
from graph.ingest.view import open_view
from graph.settings import Settings
from graph.sources import load_mappings


def test_a_row_that_the_declaration_refuses_teaches_no_identifier(tmp_path: Path) -> None:
    # given: a mapping whose contract lets a value through that the declaration of Product does not know
    settings = Settings.load({"TWIN_HOME": str(tmp_path / "home")})
    (products,) = [one for one in load_mappings() if one.name == "products"]
    (table,) = products.tables
    lax = replace(table, columns=tuple(replace(column, values=()) for column in table.columns))
    mapping = replace(products, tables=(lax,), claims=products.claims[:1])
    file = tmp_path / "in" / "2025-01-01" / "products.csv"
    file.parent.mkdir(parents=True)
    file.write_text(
        "product_id,brand,generic,ndc11s,rxcui,atc,moa,launch_date,own,benefit\n"
        "PRD-1,ALPHA,,,11,,,,Y,pharmacy\nPRD-2,BETA,,,22,,,,N,dental\n"
    )
    (delivery,) = discover(tmp_path / "in", (mapping,))
    (found,) = delivery.files

    # when
    with engine(settings) as connection:
        landed = land(connection, settings, found, checksum(found), delivery.date)
        open_identifiers(connection, tmp_path / "state")
        open_view(connection, settings.home, mapping, (landed,))
        counts = write_claims(connection, mapping, tmp_path / "claims", "2025-01-01", approve_deletes=False)
        known = connection.execute("SELECT system, value FROM identifier ORDER BY system").fetchall()
        aside = connection.execute('SELECT line, "column", reason FROM aside').fetchall()

    # then
    assert (landed.quarantined, counts.inserted) == (0, 1)
    assert known == [("product_id", "PRD-1"), ("rxcui", "11")]
    assert aside == [(3, "benefit", "is not one of pharmacy, medical")]


def test_claims_that_say_what_they_said_stay_the_same_file_and_others_tell_their_keys(tmp_path: Path) -> None:
    # given: two products are claimed, by a first delivery
    settings = Settings.load({"TWIN_HOME": str(tmp_path / "home")})
    (products,) = [one for one in load_mappings() if one.name == "products"]
    file, touched = tmp_path / "claims" / "products" / "00-Product.parquet", tmp_path / "touched" / "products"

    def claim(connection: Connection, date: str, brand: str) -> Counts:
        given = tmp_path / date / date / "products.csv"
        given.parent.mkdir(parents=True)
        given.write_text(
            "product_id,brand,generic,ndc11s,rxcui,atc,moa,launch_date,own,benefit\n"
            f"PRD-1,ALPHA,,,11,,,,Y,pharmacy\nPRD-2,{brand},,,22,,,,N,pharmacy\n"
        )
        (delivery,) = discover(tmp_path / date, (products,))
        landed = land(connection, settings, delivery.files[0], checksum(delivery.files[0]), delivery.date)
        view = open_view(connection, settings.home, products, (landed,))
        counts = write_claims(connection, products, tmp_path / "claims", date, approve_deletes=False)
        view.close(connection)
        return counts

    with engine(settings) as connection:
        open_identifiers(connection, tmp_path / "state")
        claim(connection, "2025-01-01", "BETA")
        written = file.stat().st_ino

        # when: the next one says the same, and the third has another brand for one of them
        same = claim(connection, "2025-01-08", "BETA")
        kept = (file.stat().st_ino, touched.exists())
        other = claim(connection, "2025-01-15", "GAMMA")
        keys = connection.execute(
            f"SELECT brand FROM {scan([file])} now SEMI JOIN {scan([touched / file.name])} keys USING (_id)"
        )

        # then
        assert (same.unchanged, same.updated, *kept) == (2, 0, written, False)
        assert (other.unchanged, other.updated, keys.fetchall()) == (1, 1, [("GAMMA",)])
        assert file.stat().st_ino != written
