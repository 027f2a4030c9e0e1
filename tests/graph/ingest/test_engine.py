"""The engine: what does not fit into memory is written encrypted, and is gone afterwards; no database is needed."""

from graph.ingest.engine import engine
from graph.settings import Settings


def test_a_spill_is_encrypted_and_removed(settings: Settings) -> None:
    # given less memory than the rows need
    with engine(settings) as connection:
        connection.execute("SET memory_limit = '60MB'")
        connection.execute("SET threads = 1")

        # when
        connection.execute(
            "CREATE TEMP TABLE wide AS "
            "SELECT i, 'PERSON-' || repeat('x' || hash(i), 5) AS text FROM range(1000000) t(i)"
        )
        spilled = [path for path in (settings.home / "state" / "spill").rglob("*.tmp") if path.stat().st_size]
        found = [path.name for path in spilled if b"PERSON-" in path.read_bytes()]
        rows = connection.execute("SELECT count(DISTINCT i), min(left(text, 7)) FROM wide").fetchone()

    # then
    assert spilled
    assert found == []
    assert rows == (1_000_000, "PERSON-")
    assert list((settings.home / "state" / "spill").iterdir()) == []


def test_the_spill_of_a_killed_process_is_removed_and_that_of_a_living_one_stays(settings: Settings) -> None:
    # given
    with engine(settings):
        root = settings.home / "state" / "spill"
        (mine,) = root.iterdir()
        dead = root / "999999999-left"
        dead.mkdir()

        # when
        with engine(settings):
            both = set(root.iterdir())

    # then
    assert mine in both
    assert dead not in both
    assert len(both) == 2
