"""A graph small enough to be checked by hand: 12 HCPs, 2 territories, 2 accounts, 3 plans, 2 products.

Rep u-1 works T-1, rep u-2 T-2. Every HCP n has one interaction and one note, by the rep of its territory, a medical
inquiry, a suggestion, a consent, a scientific activity, a support case, a payment and a nomination by the next HCP.

h01 to h06 are aligned to T-1, h07 to h11 to T-2; h12 moved from T-1 to T-2. h03 (T-1) and h08 (T-2) have opted out,
h05 will in the year 2999. Friction of hcp n under plan m is n / 100 + m / 10, its influence n / 50, its clinical
lead n / 2; it has n modulo 4 works, received 20 n patients, and was named 12 - n times.
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
CREATE (prediction:Prediction) SET prediction = row.properties, prediction.modelId = 'm1'
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


COMPANY = """
CREATE (r1:Rep {id: 'rep-1', userId: 'u-1', name: 'Robin North', role: 'rep', callsPerWeek: 20})
CREATE (r2:Rep {id: 'rep-2', userId: 'u-2', name: 'Sam South', role: 'rep', callsPerWeek: 30})
WITH r1, r2
MATCH (t1:Territory {territoryId: 'T-1'}), (t2:Territory {territoryId: 'T-2'})
CREATE (r1)-[:COVERS {from: date('2025-01-01')}]->(t1), (r2)-[:COVERS {from: date('2025-01-01')}]->(t2)
CREATE (region:Territory {id: 't-0', territoryId: 'T-0', name: 'All', level: 'region'})
CREATE (t1)-[:PART_OF]->(region), (t2)-[:PART_OF]->(region)
WITH r1, r2
MATCH (hcp:HCP), (own:Product {id: 'prod-own'})
WITH hcp, own, right(hcp.npi, 2) AS n, CASE WHEN hcp.id <= 'h06' THEN r1 ELSE r2 END AS rep
MATCH (peer:HCP {id: 'h' + right('0' + toString(toInteger(n) % 12 + 1), 2)})
CREATE (rep)-[:MADE]->(call:Interaction {id: 'call-' + n, channel: 'face_to_face', kind: 'call',
  occurredOn: date({year: 2026, month: 1, day: toInteger(n)}), durationMinutes: 10 + toInteger(n), status: 'submitted',
  outcome: 'interested'})-[:WITH]->(hcp), (call)-[:DETAILED {position: 1}]->(own)
CREATE (rep)-[:WROTE]->(:FieldNote {id: 'note-' + n, writtenOn: date({year: 2026, month: 1, day: toInteger(n)}),
  text: 'asks about access ' + n, removed: ['name 1']})-[:MENTIONS]->(hcp)
CREATE (hint:Suggestion {id: 'hint-' + n, title: 'Visit', reason: 'prescribing grows ' + n, priority: 'normal',
  suggestedOn: date('2026-01-15')})-[:SUGGESTS]->(hcp), (hint)-[:TO]->(rep), (hint)-[:FOR]->(own)
CREATE (hcp)-[:GAVE]->(:Consent {id: 'consent-' + n, channel: 'email', choice: 'opt_in',
  capturedOn: date('2025-02-02')})
CREATE (hcp)-[:ASKED]->(:MedicalInquiry {id: 'inquiry-' + n, topic: 'dosing ' + n, unsolicited: true,
  receivedOn: date({year: 2026, month: 1, day: toInteger(n)})})
CREATE (hcp)-[:CONTRIBUTED]->(:ScientificActivity {id: 'science-' + n, kind: 'publication', role: 'author',
  date: date('2024-05-05'), matchScore: toInteger(n) / 20.0})
CREATE (hcp)-[:ANSWERED]->(:SurveyResponse {id: 'answer-' + n, study: 'S1', wave: '1', questionId: 'nominates',
  answer: peer.npi, answeredOn: date('2025-03-03'), weight: 1.0})
CREATE (hcp)-[:NOMINATED {study: 'S1', wave: '1', weight: 1.0, answeredOn: date('2025-03-03')}]->(peer)
CREATE (hcp)-[:RECEIVED]->(pay:Payment {id: 'pay-' + n, company: 'Ownex Inc', amount: 10.0 * toInteger(n),
  paidOn: date('2025-04-04'), nature: 'Food', programYear: 2025})-[:FOR]->(own)
CREATE (hcp)-[:REFERRED]->(case:SupportCase {id: 'case-' + n, program: 'PA help', status: 'open',
  referredOn: date('2026-01-05')})-[:FOR]->(own)
CREATE (hcp)-[:PRESCRIBED_IN_YEAR {year: 2023, claims: 10 + toInteger(n), claimsLow: 10 + toInteger(n),
  claimsHigh: 10 + toInteger(n)}]->(own)
"""
PUBLISHED = """
MATCH (payer:Payer), (plan:Plan {id: 'plan-1'}), (account:Account {id: 'a1'}), (hcp:HCP {id: 'h01'})
CREATE (:AuthorizationStatistic {id: 'stat-1', year: 2024, code: 'J0001', requests: 50})-[:OF_PAYER]->(payer)
CREATE (network:ProviderNetwork {id: 'net-1', name: 'Acorn Network'})
CREATE (plan)-[:USES_NETWORK]->(network), (account)-[:IN_NETWORK]->(network), (hcp)-[:IN_NETWORK]->(network)
CREATE (specialty:Specialty {id: 'spec-1', code: '207R00000X', name: 'Internal Medicine'})
CREATE (hcp)-[:PRACTICES {primary: true}]->(specialty), (account)-[:PRACTICES]->(specialty)
"""


OVERRIDES = """
MATCH (hcp:HCP), (own:Product {id: 'prod-own'}), (plan:Plan {id: 'plan-1'})
WITH hcp, own, plan, right(hcp.npi, 2) AS n
CREATE (:Override {id: 'word-1-' + n, task: 'adoption', verdict: 'will_happen', reason: 'PATIENT_MIX', role: 'brand',
  madeOn: date({year: 2026, month: 1, day: toInteger(n)}), closesOn: date('2026-04-12'),
  endedOn: date('2026-01-20')})-[:ABOUT]->(hcp)
CREATE (:Override {id: 'word-2-' + n, task: 'adoption', verdict: 'will_not_happen', reason: 'RETIRED',
  role: 'field_rep', madeOn: date('2026-01-20'), closesOn: date('2026-04-21'),
  modelVersion: 'adoption-2026-01-17-0a1b2c'})-[:ABOUT]->(hcp)
CREATE (under:Override {id: 'word-3-' + n, task: 'access_friction', verdict: 'will_happen',
  reason: 'FORMULARY_DECISION', role: 'brand', madeOn: date('2026-01-25'),
  closesOn: date('2026-02-22')})-[:ABOUT]->(hcp)
CREATE (under)-[:UNDER]->(plan)
WITH hcp, own
MATCH (hcp)<-[:ABOUT]-(said:Override)
CREATE (said)-[:FOR]->(own)
"""
COHORTS = """
MATCH (own:Product {id: 'prod-own'})
UNWIND [['all', 'all', 40, 30], ['state', 'OH', 29, 18], ['state', 'TX', 11, 0], ['state', 'NY', null, null],
  ['state', 'AZ', null, null]] AS row
CREATE (cohort:Cohort {id: 'cohort-' + row[1], month: date('2025-11-01'), level: row[0], planKind: 'all', state: row[1],
  siteOfCare: 'all', patients: row[2], dispensed: row[3], suppressed: row[2] IS NULL, edition: 'e-1',
  asOf: date('2026-02-01'), publishedAt: datetime('2026-02-02T03:00:00Z')})-[:FOR]->(own)
"""
TOTALS = """
MATCH (own:Product {id: 'prod-own'})
UNWIND [['all', 'all', 40, 300, 90], ['state', 'OH', 25, 200, 60], ['state', 'TX', 15, 100, null],
  ['state', 'NY', null, null, null], ['state', 'AZ', null, null, null]] AS row
WITH own, row, {month: date('2025-11-01'), level: row[0], state: row[1], specialty: 'all', siteOfCare: 'all',
  suppressed: row[2] IS NULL, edition: 'e-1', asOf: date('2026-02-01'),
  publishedAt: datetime('2026-02-02T03:00:00Z')} AS shared
CREATE (prescribing:PrescribingTotal {id: 'ptl-' + row[1], prescribers: row[2], trx: row[3], nrx: row[4]})-[:FOR]->(own)
CREATE (interaction:InteractionTotal {id: 'itl-' + row[1], hcps: row[2], interactions: row[3]})
CREATE (inquiry:InquiryTotal {id: 'qtl-' + row[1], hcps: row[2], inquiries: row[4]})
SET prescribing += shared, interaction += shared, inquiry += shared
"""


def build(store: Store) -> None:
    """Write the world into an empty store."""
    store.write(STATIC)
    store.write(HCPS, rows=[hcp_row(number) for number in range(1, 13)])
    for text in (AFFILIATIONS, PEERS, PRESCRIBED, COMPANY, PUBLISHED, OVERRIDES, COHORTS, TOTALS):
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
            "scientificWorks": number % 4,
            "patientsReceived": 20 * number,
            "timesNamed": 12 - number,
            "timesNamedByTies": number / 4,
            "componentsAsOf": AS_OF,
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
    for n in range(1, 13):
        rows.append(_prediction("influence", "hcp", f"h{n:02}", n / 50, None, None))
        rows[-1]["properties"] |= {"clinicalLead": n / 2, "verdict": "not identified"}
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
            # Reasons are stored of friction alone.
            "explained": task == "access_friction",
            **counts,
        },
    }
