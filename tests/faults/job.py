"""The command `twin` as the fault tests start it: the same program, with two sizes that can be made small."""

import sys


def main() -> None:
    if "--small-batches" in sys.argv:
        sys.argv.remove("--small-batches")
        from graph.ingest import apply

        apply.ROWS_IN_ONE_TRANSACTION, apply.ROWS_PER_BATCH, apply.ROWS_PER_STATEMENT = 20, 20, 20
    if "--short-leases" in sys.argv:
        sys.argv.remove("--short-leases")
        from graph.ingest import lease

        lease.SECONDS = 3
    from api.cli import main as twin

    twin()


if __name__ == "__main__":
    main()
