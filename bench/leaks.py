"""The same attacks on `@neo4j/graphql` and on the API, as a field rep: `python -m bench.leaks`.

Both read one Neo4j with the sample world under equal rules: rows by the territories of the token; `optedOutOn` and
`knownAt` denied. Every attack is sent to both; a system leaks when what came back tells something that the role may not
know, checked against the store. Writes docs/leaks.md; ends with 1 when the API leaks.
"""

from __future__ import annotations

import datetime
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.graphql.engines import caller, served
from bench.graphql.world import loaded, options, territories
from bench.machine import described
from graph.store import Store

PAGE = Path(__file__).resolve().parents[1] / "docs" / "leaks.md"
FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Target:
    """One system, asked with one token."""

    address: str
    token: str

    def ask(self, document: str, *, token: bool = True) -> str:
        """The body of the answer without request ids: what somebody can compare."""
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {self.token}"} if token else {})
        request = urllib.request.Request(  # noqa: S310 - started here, on loopback
            f"{self.address}/graphql", json.dumps({"query": document}).encode(), headers
        )
        try:
            with urllib.request.urlopen(request) as response:  # noqa: S310
                body = json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                body = json.loads(error.read() or b"{}")
        for one in body.get("errors", []):
            one.get("extensions", {}).pop("requestId", None)
        return json.dumps(body)

    def differs(self, one: str, other: str, **more: bool) -> bool:
        """Whether two requests can be told apart by their answers, their own text left out."""
        return self.ask(one, **more) != self.ask(other, **more)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds and the role may not know, to check what was learnt."""

    own: str
    own_opted_out: datetime.date
    own_known: datetime.date
    out: str
    out_id: str
    out_opted_out: datetime.date
    out_accounts: tuple[str, ...]
    account: str
    account_known: datetime.date
    account_hcps: int
    account_visible: int
    shared: int
    shared_with: str


Learn = Callable[[Target, Known], str | None]
"""Sends requests; what was learnt from the answers, or None."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack on both systems; ``request`` is how it looks to the peer."""

    classes: str
    what: str
    request: str
    peer: Learn
    ours: Learn


def day(target: Target, document: Callable[[str], str], *, token: bool = True) -> tuple[datetime.date, int] | None:
    """The date for which a condition `lte` starts to hold, and the number of requests; None when nothing differs."""
    if not target.differs(document(FIRST.isoformat()), document(LAST.isoformat()), token=token):
        return None
    low, high, requests = FIRST, LAST, 2
    no = target.ask(document(FIRST.isoformat()), token=token)
    while (high - low).days > 1:
        middle = low + (high - low) // 2
        requests += 1
        if target.ask(document(middle.isoformat()), token=token) == no:
            low = middle
        else:
            high = middle
    return high, requests


def number(target: Target, document: Callable[[int], str]) -> tuple[int, int] | None:
    """The same for a whole number up to 10,000."""
    low, high, requests = -1, 10_000, 2
    no = target.ask(document(low))
    if target.ask(document(high)) == no:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        requests += 1
        if target.ask(document(middle)) == no:
            low = middle
        else:
            high = middle
    return high, requests


def told(found: tuple[Any, int] | None, true: Any) -> str | None:
    """What was learnt, when it is what the store holds."""
    return None if found is None or found[0] != true else f"{found[0]} in {found[1]} requests (true {true})"


def rows(body: str) -> list[Any]:
    """The nodes of the only root of an answer, as a list or a connection."""
    data = json.loads(body).get("data") or {}
    found = next(iter(data.values()), None) or []
    return [edge["node"] for edge in found["edges"]] if isinstance(found, dict) else found


def names_told(body: str, *names: str) -> str | None:
    found = [name for name in names if name in body]
    return f"names {', '.join(found)}" if found else None


def attacks(store: Store, own: list[str]) -> list[Attack]:
    """The requests; ``own`` are the territories of the token."""

    def ranking(field: str, direction: str) -> list[str]:
        text = f"""MATCH (h:HCP)-[a:IN_TERRITORY]->(t:Territory) WHERE t.territoryId IN $own AND a.to IS NULL
        AND h.{field} IS NOT NULL WITH DISTINCT h ORDER BY h.{field} {direction}, h.id LIMIT 3 RETURN h.npi AS npi"""
        return [row["npi"] for row in store.read(text, own=own)]

    def filtered(field: str) -> tuple[Learn, Learn]:
        def true(known: Known) -> datetime.date:
            return known.own_opted_out if field == "optedOutOn" else known.own_known

        def peer(target: Target, known: Known) -> str | None:
            found = day(target, lambda d: f'{{hcps(where:{{npi:{{eq:"{known.own}"}},{field}:{{lte:"{d}"}}}}){{npi}}}}')
            return told(found, true(known))

        def ours(target: Target, known: Known) -> str | None:
            found = day(
                target,
                lambda d: f'{{hcps(where:{{npi:{{eq:"{known.own}"}},{field}:{{lte:"{d}"}}}}){{edges{{node{{npi}}}}}}}}',
            )
            return told(found, true(known))

        return peer, ours

    def shows(document: str, *names: str) -> Learn:
        return lambda target, _known: names_told(target.ask(document), *names)

    def same(document: Callable[[Known], str], learnt: Callable[[str, Known], str | None]) -> Learn:
        return lambda target, known: learnt(target.ask(document(known)), known)

    by_opt_out = ranking("optedOutOn", "DESC")
    selected = lambda field: (  # noqa: E731
        same(lambda known: f'{{hcps(where:{{npi:{{eq:"{known.own}"}}}}){{npi {field}}}}}', value_told(field)),
        same(
            lambda known: f'{{hcps(where:{{npi:{{eq:"{known.own}"}}}}){{edges{{node{{npi {field}}}}}}}}}',
            value_told(field),
        ),
    )
    return [
        Attack("control", "select the denied optedOutOn", "hcps{optedOutOn}", *selected("optedOutOn")),
        Attack("control", "select the denied knownAt", "hcps{knownAt}", *selected("knownAt")),
        Attack(
            "control",
            "an HCP of another territory by its key",
            "hcps(where:{npi:{eq}})",
            same(
                lambda known: f'{{hcps(where:{{npi:{{eq:"{known.out}"}}}}){{npi}}}}', lambda b, k: names_told(b, k.out)
            ),
            same(
                lambda known: f'{{hcps(where:{{npi:{{eq:"{known.out}"}}}}){{edges{{node{{npi}}}}}}}}',
                lambda b, k: names_told(b, k.out),
            ),
        ),
        Attack(
            "1",
            "filter oracle on optedOutOn (@authentication)",
            "hcps(where:{npi:{eq},optedOutOn:{lte}})",
            *filtered("optedOutOn"),
        ),
        Attack(
            "1",
            "filter oracle on knownAt (@authorization)",
            "hcps(where:{npi:{eq},knownAt:{lte}})",
            *filtered("knownAt"),
        ),
        Attack(
            "1",
            "the same without a token on an @authentication field",
            "accounts(where:{knownAt:{lte}}), no Authorization header",
            lambda target, known: told(
                day(
                    target,
                    lambda d: f'{{accounts(where:{{id:{{eq:"{known.account}"}},knownAt:{{lte:"{d}"}}}}){{id}}}}',
                    token=False,
                ),
                known.account_known,
            ),
            lambda target, known: told(
                day(
                    target,
                    lambda d: (
                        f'{{hcps(where:{{affiliations:{{some:{{id:{{eq:"{known.account}"}},knownAt:{{lte:"{d}"}}}}}}}})'
                        "{totalCount}}"
                    ),
                    token=False,
                ),
                known.account_known,
            ),
        ),
        Attack(
            "3",
            "row rule in a nested where: accounts of an HCP of another territory",
            "accounts(where:{hcps:{some:{npi:{eq}}}})",
            same(
                lambda known: f'{{accounts(where:{{hcps:{{some:{{npi:{{eq:"{known.out}"}}}}}}}}){{id}}}}',
                lambda b, k: (
                    f"all its {len(k.out_accounts)} accounts"
                    if {row["id"] for row in rows(b)} == set(k.out_accounts)
                    else None
                ),
            ),
            same(
                lambda known: (
                    f'{{hcps(where:{{npi:{{eq:"{known.out}"}},affiliations:{{some:{{name:{{contains:""}}}}}}}})'
                    "{edges{node{affiliations{id}}}}}"
                ),
                lambda b, k: names_told(b, *k.out_accounts),
            ),
        ),
        Attack(
            "2, 3",
            "denied field of an HCP of another territory, one hop away",
            "accounts(where:{hcps:{some:{npi:{eq},optedOutOn:{lte}}}})",
            lambda target, known: told(
                day(
                    target,
                    lambda d: (
                        "{accounts(where:{hcps:{some:{npi:{eq:"
                        f'"{known.out}"}},optedOutOn:{{lte:"{d}"}}}}}}}}){{id}}}}'
                    ),
                ),
                known.out_opted_out,
            ),
            lambda target, known: told(
                day(
                    target,
                    lambda d: (
                        '{influences(product:"PRD-1",where:{hcp:{npi:{eq:'
                        f'"{known.out}"}},optedOutOn:{{lte:"{d}"}}}}}}){{totalCount}}}}'
                    ),
                ),
                known.out_opted_out,
            ),
        ),
        Attack(
            "4",
            "sort oracle on a denied field",
            "hcps(sort:[{optedOutOn:DESC}],limit:3)",
            lambda target, _known: opted_out_first(
                store,
                target.ask("{hcps(where:{NOT:{optedOutOn:{eq:null}}},sort:[{optedOutOn:DESC}],limit:3){npi}}"),
                by_opt_out,
            ),
            lambda target, _known: opted_out_first(
                store, target.ask("{hcps(sort:[{optedOutOn:DESC}],first:3){edges{node{npi}}}}"), by_opt_out
            ),
        ),
        Attack(
            "4",
            "sort oracle on a denied field, connection",
            "hcpsConnection(sort:[{optedOutOn:DESC}],first:3)",
            lambda target, _known: opted_out_first(
                store,
                target.ask(
                    "{hcpsConnection(where:{NOT:{optedOutOn:{eq:null}}},sort:[{optedOutOn:DESC}],first:3){edges{node{npi}}}}"
                ),
                by_opt_out,
            ),
            lambda target, _known: opted_out_first(
                store,
                target.ask('{influences(product:"PRD-1",sort:[{value:DESC}],first:3){edges{node{hcp{npi}}}}}'),
                by_opt_out,
            ),
        ),
        Attack(
            "3, 9",
            "count of unseen rows by aggregate where",
            "accounts(where:{hcpsConnection:{aggregate:{count:{nodes:{lte}}}}})",
            lambda target, known: told(
                number(
                    target,
                    lambda n: (
                        f'{{accounts(where:{{id:{{eq:"{known.account}"}},'
                        f"hcpsConnection:{{aggregate:{{count:{{nodes:{{lte:{n}}}}}}}}}}}){{id}}}}"
                    ),
                ),
                known.account_hcps,
            ),
            lambda target, known: told(
                number(
                    target,
                    lambda n: (
                        f'{{hcps(where:{{affiliations:{{some:{{id:{{eq:"{known.account}"}},'
                        f"hcpsAggregate:{{count:{{lte:{n}}}}}}}}}}}){{totalCount}}}}"
                    ),
                ),
                known.account_hcps,
            ),
        ),
        Attack(
            "9",
            "count of unseen rows, selected",
            "accounts{hcpsConnection{totalCount}}",
            same(
                lambda known: f'{{accounts(where:{{id:{{eq:"{known.account}"}}}}){{hcpsConnection{{totalCount}}}}}}',
                lambda b, k: None if f'"totalCount": {k.account_visible}}}' in b else "another number than the visible",
            ),
            same(
                lambda known: (
                    f'{{hcps(where:{{affiliations:{{some:{{id:{{eq:"{known.account}"}}}}}}}}){{totalCount}}}}'
                ),
                lambda b, k: None if f'"totalCount": {k.account_visible}}}' in b else "another number than the visible",
            ),
        ),
        Attack(
            "3",
            "edge property to an HCP of another territory",
            "hcps(where:{peersConnection:{some:{node:{npi:{eq}},edge:{patients:{lte}}}}})",
            lambda target, known: told(
                number(
                    target,
                    lambda n: (
                        f'{{hcps(where:{{npi:{{eq:"{known.shared_with}"}},peersConnection:{{some:{{node:{{npi:'
                        f'{{eq:"{known.out}"}}}},edge:{{patients:{{lte:{n}}}}}}}}}}}){{npi}}}}'
                    ),
                ),
                known.shared,
            ),
            lambda target, known: names_told(
                target.ask(
                    f'{{hcps(where:{{npi:{{eq:"{known.shared_with}"}}}}){{edges{{node{{'
                    "peers(first:100){patients hcp{npi}}}}}}"
                ),
                known.out,
            ),
        ),
        Attack(
            "19",
            "existence by unique-constraint error",
            "mutation{createHcps(input:[{id}])}",
            lambda target, known: existence(store, target, known),
            lambda target, known: (
                "whether an id exists"
                if target.differs(
                    f'mutation{{createHcps(input:[{{id:"{known.out_id}"}}]){{hcps{{id}}}}}}',
                    'mutation{createHcps(input:[{id:"hcp_notthere"}]){hcps{id}}}',
                )
                else None
            ),
        ),
        Attack(
            "21",
            "a suggestion names a denied member",
            "hcps{optedOut}",
            shows("{hcps{optedOut}}", "optedOutOn"),
            shows("{hcps{edges{node{optedOut}}}}", "optedOutOn"),
        ),
        Attack(
            "22",
            "introspection shows denied members",
            '__type(name:"HCP"){fields{name}}',
            shows('{__type(name:"HCP"){fields{name}}}', "optedOutOn", "knownAt"),
            shows('{__type(name:"Hcp"){fields{name}}}', "optedOutOn", "knownAt"),
        ),
    ]


def value_told(field: str) -> Callable[[str, Known], str | None]:
    return lambda body, known: names_told(
        body, (known.own_opted_out if field == "optedOutOn" else known.own_known).isoformat()
    )


def opted_out_first(store: Store, body: str, ranking: list[str]) -> str | None:
    """Whether the answer ranks HCPs by when they opted out."""
    found = [row.get("npi") for row in rows(body)]
    days = [store.read("MATCH (h:HCP {npi: $npi}) RETURN h.optedOutOn AS day", npi=npi) for npi in found if npi]
    dates = [row[0]["day"] for row in days if row]
    true = store.read("MATCH (h:HCP {npi: $npi}) RETURN h.optedOutOn AS day", npi=ranking[0])[0]["day"]
    if len(dates) == len(ranking) and all(dates) and dates == sorted(dates, reverse=True) and dates[0] == true:
        return f"who of the territories opted out last, in order ({', '.join(str(date) for date in dates)})"
    return None


def existence(store: Store, target: Target, known: Known) -> str | None:
    """Asks the peer to create an HCP that exists and one that does not; what it created is removed."""
    made = "hcp_notthere"
    try:
        differs = target.differs(
            f'mutation{{createHcps(input:[{{id:"{known.out_id}"}}]){{hcps{{id}}}}}}',
            f'mutation{{createHcps(input:[{{id:"{made}"}}]){{hcps{{id}}}}}}',
        )
        written = store.read("MATCH (h:HCP {id: $id}) RETURN h.id AS id", id=made)
    finally:
        store.write("MATCH (h:HCP {id: $id}) DETACH DELETE h", id=made)
    if not differs:
        return None
    return "whether an id of another territory exists" + ("; and a row was written" if written else "")


def known_of(store: Store, own: list[str]) -> Known:
    """The hidden facts that the attacks look for."""
    inside = "EXISTS { MATCH (h)-[a:IN_TERRITORY]->(t:Territory) WHERE t.territoryId IN $own AND a.to IS NULL }"
    mine = store.read(
        f"MATCH (h:HCP) WHERE h.optedOutOn IS NOT NULL AND {inside} "
        "RETURN h.npi AS npi, h.optedOutOn AS day, h.knownAt AS known ORDER BY h.id LIMIT 1",
        own=own,
    )[0]
    other = store.read(
        f"""MATCH (h:HCP)-[s:SHARES_PATIENTS]->(o:HCP) WHERE {inside} AND o.optedOutOn IS NOT NULL
        AND NOT EXISTS {{ MATCH (o)-[:IN_TERRITORY]->(t:Territory) WHERE t.territoryId IN $own }}
        AND COUNT {{ (h)-[:SHARES_PATIENTS]->(o) }} = 1
        RETURN o.npi AS npi, o.id AS id, o.optedOutOn AS day, s.patients AS shared, h.npi AS by,
          COLLECT {{ MATCH (o)-[:AFFILIATED_WITH]->(c:Account) RETURN c.id }} AS accounts
        ORDER BY o.id, h.id LIMIT 1""",
        own=own,
    )[0]
    account = store.read(
        f"""MATCH (c:Account)<-[:AFFILIATED_WITH]-(h:HCP) WITH c, count(h) AS hcps,
        sum(CASE WHEN {inside} THEN 1 ELSE 0 END) AS visible WHERE visible > 0 AND visible < hcps
        AND c.knownAt IS NOT NULL RETURN c.id AS id, c.knownAt AS known, hcps, visible ORDER BY c.id LIMIT 1""",
        own=own,
    )[0]
    return Known(
        own=mine["npi"],
        own_opted_out=plain(mine["day"]),
        own_known=plain(mine["known"]),
        out=other["npi"],
        out_id=other["id"],
        out_opted_out=plain(other["day"]),
        out_accounts=tuple(other["accounts"]),
        account=account["id"],
        account_known=plain(account["known"]),
        account_hcps=account["hcps"],
        account_visible=account["visible"],
        shared=other["shared"],
        shared_with=other["by"],
    )


def plain(value: Any) -> datetime.date:
    found: datetime.date = value.to_native() if hasattr(value, "to_native") else value
    return found


def main() -> None:
    chosen = options(__doc__).parse_args()
    print(described())  # noqa: T201
    with loaded(chosen) as (settings, store):
        own = territories(store)[:4]
        known = known_of(store, own)
        who = caller(own)
        with served("peer", settings, who) as peer, served("api", settings, who) as api:
            lines = []
            leaks = [0, 0]
            for attack in attacks(store, own):
                found = [
                    attack.peer(Target(peer.address, peer.token), known),
                    attack.ours(Target(api.address, api.token), known),
                ]
                leaks = [count + (learnt is not None) for count, learnt in zip(leaks, found, strict=True)]
                cells = [f"**yes**: {learnt}" if learnt else "no" for learnt in found]
                lines.append(f"| {attack.classes} | {attack.what} | `{attack.request}` | {cells[0]} | {cells[1]} |")
                print(lines[-1], flush=True)  # noqa: T201
    PAGE.write_text(page(lines, leaks), encoding="utf-8")
    print(f"{leaks[0]} of {len(lines)} attacks leak from @neo4j/graphql, {leaks[1]} from the API")  # noqa: T201
    sys.exit(1 if leaks[1] else 0)


ABOUT = """# Leaks, side by side

The same attacks on `@neo4j/graphql` 7.6.3 and on this API, both over one Neo4j with the sample world (synthetic data),
asked with a field rep's token. Equal rules: HCPs of the token's territories; `optedOutOn` and `knownAt` denied, in the
peer by `@authentication` and `@authorization` on the field. An attack leaks when its answers tell what the role may not
know; what they told was checked against the store. The peer's `validate` rules need APOC and are left out.

**{peer} of {all} leak from the peer, {ours} from the API.** Written by `python -m bench.leaks`.

| class | attack | request to the peer | `@neo4j/graphql` | this API |
|---|---|---|---|---|
{lines}

The peer checks a field where it is selected and a row where it is projected; a condition, an order or a count reads
both all the same. Here a denied member is no part of the role's schema, and the row rule stands in every pattern of the
statement.
"""


def page(lines: list[str], leaks: list[int]) -> str:
    """The page with both systems side by side."""
    return ABOUT.format(peer=leaks[0], ours=leaks[1], all=len(lines), lines="\n".join(lines))


if __name__ == "__main__":
    main()
