"""A graph small enough to be checked by hand: 12 HCPs, 2 territories, 2 accounts, 3 plans, 2 products.

h01 to h06 are aligned to T-1, h07 to h11 to T-2; h12 moved from T-1 to T-2. h03 (T-1) and h08 (T-2) have opted out,
h05 will in the year 2999. Friction of hcp n under plan m is n / 100 + m / 10, its influence n / 50.
"""

import datetime
from typing import Any

from graph.store import Store

TODAY = datetime.date(2026, 3, 1)
START = datetime.date(2025, 1, 1)
MOVED = datetime.date(2025, 6, 1)
AS_OF = datetime.date(2026, 2, 1)
NEVER_SEEN = "1999900099"
OPTED_OUT = {3: datetime.date(2025, 1, 1), 5: datetime.date(2999, 1, 1), 8: datetime.date(2024, 5, 5)}


def npi(number: int) -> str:
    """The NPI of HCP ``number``: a synthetic one, its check digit is not the real one."""
    return f"19999000{number:02}"


def territory_of(number: int) -> str:
    return "T-1" if number <= 6 else "T-2"


def friction(number: int, plan: int) -> float:
    return round(number / 100 + plan / 10, 4)


HCPS = """
UNWIND $rows AS row
CREATE (hcp:HCP) SET hcp = row.properties
WITH hcp, row
UNWIND row.aligned AS aligned
MATCH (territory:Territory {territoryId: aligned.territory})
CREATE (hcp)-[:IN_TERRITORY {from: aligned.from, to: aligned.to}]->(territory)
"""
STATIC = """
CREATE (t1:Territory {id: 't-1', territoryId: 'T-1', name: 'North', level: 'territory'})
CREATE (t2:Territory {id: 't-2', territoryId: 'T-2', name: 'South', level: 'territory'})
CREATE (a1:Account {id: 'a1', npi: '1999910001', name: 'Alder Clinic', state: 'OH', status: 'active'})
CREATE (a2:Account {id: 'a2', npi: '1999910002', name: 'Birch Clinic', state: 'TX', status: 'active'})
CREATE (own:Product {id: 'prod-own', productId: 'OWN-1', brand: 'Ownex', own: true, benefit: 'pharmacy'})
CREATE (rival:Product {id: 'prod-rival', productId: 'RIV-1', brand: 'Rivex', own: false, benefit: 'pharmacy'})
CREATE (payer:Payer {id: 'payer-1', name: 'Acorn Health'})
CREATE (model:ModelVersion {id: 'm1', task: 'access_friction', version: 'friction-1', kind: 'stack', promoted: true})
CREATE (:Source {name: 'nppes', dataTime: date('2026-01-31'), rowsIn: 12, rowsLoaded: 12, rowsQuarantined: 0})
CREATE (:Sequence {name: 'published', value: 7}), (:Sequence {name: 'writing', value: 7})
WITH payer, own
UNWIND [1, 2, 3] AS n
CREATE (plan:Plan {id: 'plan-' + n, planKey: 'S0001-00' + n + '-0', name: 'Plan ' + n, kind: 'PDP'})
CREATE (payer)-[:OFFERS]->(plan)
CREATE (policy:CoveragePolicy {id: 'policy-' + n, tier: n, priorAuthorization: n > 1})
SET policy.effectiveFrom = date('2025-01-01')
CREATE (plan)-[:HAS_POLICY]->(policy)-[:FOR]->(own)
"""
AFFILIATIONS = """
MATCH (hcp:HCP), (account:Account)
WHERE (account.id = 'a1') = (hcp.id <= 'h06')
CREATE (hcp)-[:AFFILIATED_WITH {facilityType: 'Hospital'}]->(account)
"""
PEERS = """
UNWIND [['h01', 'h02', 40], ['h01', 'h03', 30], ['h01', 'h07', 90], ['h02', 'h04', 20], ['h07', 'h08', 50]] AS pair
MATCH (left:HCP {id: pair[0]}), (right:HCP {id: pair[1]})
CREATE (left)-[:SHARES_PATIENTS {year: 2025, patients: pair[2], pairs: pair[2] + 5, sameDay: 0}]->(right)
"""
PRESCRIBED = """
MATCH (hcp:HCP), (product:Product)
UNWIND [1, 2] AS month
CREATE (hcp)-[:PRESCRIBED {
  month: date({year: 2026, month: month}),
  trx: toInteger(right(hcp.npi, 2)) * month, nrx: month, nbrx: 1
}]->(product)
"""
PREDICTIONS = """
UNWIND $rows AS row
CREATE (prediction:Prediction) SET prediction = row.properties
WITH prediction, row
MATCH (subject {id: row.subject}), (product:Product {id: 'prod-own'}), (model:ModelVersion)
CREATE (prediction)-[:ABOUT]->(subject), (prediction)-[:FOR]->(product), (prediction)-[:BY]->(model)
WITH prediction, row
CALL (prediction, row) {
  MATCH (plan:Plan {id: row.plan})
  CREATE (prediction)-[:UNDER]->(plan)
}
"""
REASONS = """
MATCH (prediction:Prediction)
WHERE prediction.task = 'access_friction'
MATCH (policy:CoveragePolicy {id: 'policy-2'}), (peer:HCP {id: 'h07'}), (hidden:HCP {id: 'h03'})
CREATE (prediction)-[:BECAUSE {reason: 'prior authorization since 2025', share: 0.1, rank: 1,
  dataClasses: ['coverage']}]->(policy)
CREATE (prediction)-[:BECAUSE {reason: 'starts of the plan were rejected', share: 0.05, rank: 2,
  dataClasses: ['therapy']}]->(policy)
CREATE (prediction)-[:BECAUSE {reason: 'a peer elsewhere', share: 0.04, rank: 3, dataClasses: ['prescribing']}]->(peer)
CREATE (prediction)-[:BECAUSE {reason: 'a peer opted out', share: 0.03, rank: 4, dataClasses: ['network']}]->(hidden)
CREATE (prediction)-[:BECAUSE {reason: 'unclassified', share: 0.02, rank: 5, dataClasses: []}]->(policy)
CREATE (prediction)-[:BECAUSE {reason: 'prescribing grows', share: 0.01, rank: 6,
  dataClasses: ['prescribing']}]->(policy)
"""


def build(store: Store) -> None:
    """Write the world into an empty store."""
    store.write(STATIC)
    store.write(HCPS, rows=[hcp_row(number) for number in range(1, 13)])
    for text in (AFFILIATIONS, PEERS, PRESCRIBED):
        store.write(text)
    store.write(PREDICTIONS, rows=[*prediction_rows()])
    store.write(REASONS)


def hcp_row(number: int) -> dict[str, Any]:
    aligned = [{"territory": territory_of(number), "from": START, "to": None}]
    if number == 12:
        aligned = [
            {"territory": "T-1", "from": START, "to": MOVED},
            {"territory": "T-2", "from": MOVED, "to": None},
        ]
    return {
        "properties": {
            "id": f"h{number:02}",
            "npi": npi(number),
            "lastName": f"Name{number:02}",
            "firstName": "Ada" if number % 2 else "Ben",
            "state": "OH" if number <= 6 else "TX",
            "city": "Springfield",
            "status": "active",
            "taxonomies": ["207R00000X"],
            "enumeratedOn": datetime.date(2010, 1, number),
            "optedOutOn": OPTED_OUT.get(number),
            "pageRank": number / 10,
            "betweenness": 1.0 - number / 100,
            "community": number % 2,
            "embedding": [0.5, 0.5],
        },
        "aligned": aligned,
    }


def prediction_rows() -> list[dict[str, Any]]:
    """Friction of every HCP under plans 1 and 2, of plans, accounts and territories; influence; adoption."""
    rows = [
        _prediction("access_friction", "hcp_plan", f"h{n:02}", friction(n, m), f"plan-{m}", evidence=n)
        for n in range(1, 13)
        for m in (1, 2)
    ]
    for subject, value, evidence in (("plan-1", 0.2, 40), ("plan-2", 0.5, 11), ("plan-3", 0.9, 10)):
        rows.append(_prediction("access_friction", "plan", subject, value, None, evidence))
    for subject, value, evidence in (("a1", 0.3, 30), ("a2", 0.8, 4)):
        rows.append(_prediction("access_friction", "account", subject, value, None, evidence))
    for subject, value, evidence in (("t-1", 0.35, 50), ("t-2", 0.45, 60)):
        rows.append(_prediction("access_friction", "territory", subject, value, None, evidence))
    rows += [_prediction("influence", "hcp", f"h{n:02}", n / 50, None, None) for n in range(1, 13)]
    rows += [_prediction("adoption", "hcp", f"h{n:02}", n / 50, None, None) for n in range(1, 13)]
    return rows


def _prediction(
    task: str, level: str, subject: str, value: float, plan: str | None, evidence: int | None
) -> dict[str, Any]:
    units = {"access_friction": "share of starts", "influence": "starts", "adoption": "probability"}
    counts: dict[str, Any] = {}
    if task == "access_friction":
        counts = {
            "expectedStarts": round(value * 10, 4),
            "saveableStarts": round(value * 5, 4),
            "mainBarrier": "PA",
            "barrierShares": [0.0, value, 0.0, 0.0, 0.0, 0.0, 0.0],
            "evidenceStarts": evidence,
        }
    return {
        "subject": subject,
        "plan": plan,
        "properties": {
            "id": f"{task}:{level}:{subject}:{plan}",
            "task": task,
            "level": level,
            "dataClass": task,
            "dataClasses": ["prescribing", "coverage"],
            "value": value,
            "low": round(value * 0.8, 4),
            "high": round(value * 1.2, 4),
            "unit": units[task],
            "horizonDays": 28 if task == "access_friction" else 91,
            "asOf": AS_OF,
            **counts,
        },
    }
