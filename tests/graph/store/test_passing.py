"""Which answers of Neo4j mean that the same transaction may go through when it is tried again."""

import pytest
from neo4j import exceptions

from graph.store.store import is_passing


def answered(code: str) -> exceptions.Neo4jError:
    error = exceptions.ClientError("Neo4j said so")
    error._neo4j_code = code
    return error


@pytest.mark.parametrize(
    ("code", "passing"),
    [
        ("Neo.ClientError.Transaction.TransactionTimedOut", True),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", True),
        ("Neo.ClientError.Transaction.LockClientStopped", True),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", False),
        ("Neo.ClientError.Statement.SyntaxError", False),
    ],
)
def test_a_transaction_that_ran_out_of_time_may_be_tried_again(code: str, passing: bool) -> None:
    assert is_passing(answered(code)) is passing
