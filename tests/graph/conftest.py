"""Hand-typed deliveries in the public formats: small files of invented people, one line per record."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from graph.ingest.report import RefreshReport
from graph.refresh import refresh
from graph.settings import Settings
from graph.store import Store

CLAIM_COLUMNS = (
    "claim_id,claim_line_number,person_id,member_id,payer,plan,prescribing_provider_npi,dispensing_provider_npi,"
    "rx_written_date,dispensing_date,ndc_code,quantity,days_supply,refills,fill_number,transaction_type,reject_codes,"
    "patient_pay,plan_pay,received_at"
)
PRODUCT_COLUMNS = "product_id,brand,generic,ndc11s,rxcui,atc,moa,launch_date,own,benefit"
PLAN_COLUMNS = (
    "CONTRACT_ID|PLAN_ID|SEGMENT_ID|CONTRACT_NAME|PLAN_NAME|FORMULARY_ID|PREMIUM|DEDUCTIBLE|MA_REGION_CODE|"
    "PDP_REGION_CODE|STATE|COUNTY_CODE|SNP|PLAN_SUPPRESSED_YN"
)
DRUG_COLUMNS = (
    "FORMULARY_ID|FORMULARY_VERSION|CONTRACT_YEAR|RXCUI|NDC|TIER_LEVEL_VALUE|QUANTITY_LIMIT_YN|"
    "QUANTITY_LIMIT_AMOUNT|QUANTITY_LIMIT_DAYS|PRIOR_AUTHORIZATION_YN|STEP_THERAPY_YN"
)
NDC, OTHER_NDC = "00001000101", "00002000201"


def nppes_header(sex: str = "Provider Sex Code") -> list[str]:
    """The columns of the NPPES file that matter, among some that do not, in the public spelling and order."""
    location = "Provider Business Practice Location Address"
    header = [
        "NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)",
        "Provider Organization Name (Legal Business Name)", "Provider Last Name (Legal Name)", "Provider First Name",
        "Provider Credential Text", f"{location} City Name", f"{location} State Name", f"{location} Postal Code",
        "Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code", "NPI Deactivation Date",
        "NPI Reactivation Date", sex,
    ]  # fmt: skip
    for slot in range(1, 16):
        header += [
            f"Healthcare Provider Taxonomy Code_{slot}", f"Provider License Number_{slot}",
            f"Provider License Number State Code_{slot}", f"Healthcare Provider Primary Taxonomy Switch_{slot}",
        ]  # fmt: skip
    for slot in range(1, 51):
        header += [
            f"Other Provider Identifier_{slot}", f"Other Provider Identifier Type Code_{slot}",
            f"Other Provider Identifier State_{slot}", f"Other Provider Identifier Issuer_{slot}",
        ]  # fmt: skip
    return header


def nppes(*people: dict[str, str], sex: str = "Provider Sex Code") -> str:
    """An NPPES file; each person maps column names to values, all others are empty."""
    header = nppes_header(sex)
    rows = [header, *([person.get(name, "") for name in header] for person in people)]
    return "".join(",".join(f'"{value}"' for value in row) + "\n" for row in rows)


class Deliveries:
    """Builds a folder of dated deliveries."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, date: str, name: str, text: str, encoding: str = "utf-8") -> Path:
        """One file of a delivery."""
        path = self.folder / date / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path

    def manifest(self, date: str, **overrides: Any) -> None:
        """The manifest of what lies in a delivery, with entries changed on purpose."""
        folder = self.folder / date
        files = [
            {
                "path": path.relative_to(folder).as_posix(),
                "sha256": sha256(path.read_bytes()).hexdigest(),
                "complete": True,
                **overrides,
            }
            for path in sorted(folder.rglob("*.*"))
        ]
        (folder / "manifest.json").write_text(json.dumps({"delivery": date, "files": files}), encoding="utf-8")

    def nppes(self, date: str, *people: dict[str, str], sex: str = "Provider Sex Code") -> None:
        compact = date.replace("-", "")
        self.add(date, f"nppes/npidata_pfile_20050523-{compact}.csv", nppes(*people, sex=sex))

    def products(self, date: str) -> None:
        rows = [
            PRODUCT_COLUMNS,
            f"PRD-1,Avela,avelimab,{NDC}|00001-0002-02,900001,C10,antibody,2024-01-15,true,pharmacy",
            f"PRD-2,Bonda,bondimab,{OTHER_NDC},900002,C10,antibody,2020-01-15,false,pharmacy",
        ]
        self.add(date, "products/products.csv", "\n".join(rows) + "\n")

    def claims(self, date: str, *lines: str) -> None:
        text = "\n".join([CLAIM_COLUMNS, *lines]) + "\n"
        self.add(date, f"rx_claims/rx_claims_{date.replace('-', '')}.csv", text)

    def formulary(self, date: str, edition: str, drugs: list[str], plans: list[str] | None = None) -> None:
        """One edition; drug rows are ``rxcui|ndc|tier|ql|amount|days|pa|step`` of formulary F1."""
        shown = plans or ["H0001|001|000|Blue Payer|Plan One|F1|10.00|0.00|||CT|09001|0|N"]
        text = "\n".join([PLAN_COLUMNS, *shown]) + "\n"
        self.add(date, f"formulary/{edition}/plan information  PPUF_{edition[:4]}M.txt", text, "latin-1")
        rows = [DRUG_COLUMNS, *(f"F1|1|{edition[:4]}|{drug}" for drug in drugs)]
        self.add(
            date, f"formulary/{edition}/basic drugs formulary file  PPUF_{edition[:4]}M.txt", "\n".join(rows) + "\n"
        )


@pytest.fixture
def deliveries(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path / "deliveries")


@pytest.fixture
def run(neo4j_empty: Store, neo4j_settings: Settings, deliveries: Deliveries) -> Callable[..., RefreshReport]:
    """`refresh` of the built deliveries into the empty graph."""

    def call(**options: Any) -> RefreshReport:
        return refresh(neo4j_settings, neo4j_empty, deliveries.folder, **options)

    return call
