"""What a token costs, in CPU of this process: `python -m bench.tokens`.

For each algorithm: verified for the first time, and remembered. Then every kind of refusal, the dearest first, and ten
thousand bad tokens in a row.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from api.errors import Unauthenticated
from api.key_sources import KeyFile
from api.tokens import Tokens
from bench.machine import described
from graph.governance import load_policy
from graph.token_settings import ALGORITHMS
from tests.api import issuer, test_token_attacks
from tests.api.issuer import claims, signed

ROUNDS = 200
FLOOD = 10_000


def microseconds(do: Callable[[], object]) -> float:
    started = time.process_time_ns()
    do()
    return (time.process_time_ns() - started) / 1000


def refusal(tokens: Tokens, header: str) -> None:
    try:
        tokens.caller(header)
    except Unauthenticated:
        return
    raise AssertionError("an attack was accepted")


def main() -> None:
    policy = load_policy()
    keys = {
        "Ed25519": issuer.okp("ed"),
        "ES256": issuer.ec("ec"),
        "RS256": issuer.rsa("rsa", alg="RS256"),
        "PS256": issuer.rsa("pss", alg="PS256"),
    }
    print(described())  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "jwks.json"
        file.write_bytes(issuer.jwks(*keys.values()))
        tokens = Tokens(KeyFile(file, ALGORITHMS), issuer.SETTINGS, lambda: policy)
        for algorithm, key in keys.items():
            given = [f"Bearer {signed(key, algorithm, claims(jti=str(n)))}" for n in range(ROUNDS)]
            first = statistics.median(microseconds(lambda token=token: tokens.caller(token)) for token in given)
            again = statistics.median(microseconds(lambda token=token: tokens.caller(token)) for token in given)
            print(f"{algorithm}: verified {first:.0f} us, remembered {again:.1f} us")  # noqa: T201
        file.write_bytes(
            issuer.jwks(*(getattr(test_token_attacks, name) for name in ("OKP", "OKP_OLD", "EC", "RSA", "PSS")))
        )
        tokens = Tokens(KeyFile(file, ALGORITHMS), issuer.SETTINGS, lambda: policy)
        attacks = {name: f"Bearer {make()}" for name, make in test_token_attacks.ATTACKS.items()}
        costs = {
            name: statistics.median(
                microseconds(lambda header=header: refusal(tokens, header)) for _ in range(ROUNDS // 4)
            )
            for name, header in attacks.items()
        }
        dearest = sorted(costs, key=lambda name: -costs[name])[:3]
        shown = ", ".join(f"{name} {costs[name]:.0f} us" for name in dearest)
        print(f"{len(costs)} refusals: median {statistics.median(costs.values()):.0f} us, dearest {shown}")  # noqa: T201
        headers = list(attacks.values())
        total = microseconds(lambda: [refusal(tokens, headers[n % len(headers)]) for n in range(FLOOD)])
        print(f"{FLOOD:,} bad tokens: {total / 1e6:.2f} s, {total / FLOOD:.0f} us each")  # noqa: T201


if __name__ == "__main__":
    main()
