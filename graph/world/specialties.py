"""The taxonomy codes that the sample world uses, with their NUCC names."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Specialty:
    """A kind of HCP: its taxonomy code, how common it is, and what it does to the dynamics."""

    code: str
    share: float
    """Share of the HCPs; the shares sum to 1."""
    pull: float
    """What it adds to the weekly adoption logit."""
    volume: float
    """Factor on the patient volume."""
    credential: str


SPECIALTIES = (
    Specialty("207R00000X", 0.27, 0.0, 1.0, "MD"),
    Specialty("207Q00000X", 0.25, -0.4, 0.9, "MD"),
    Specialty("207RE0101X", 0.12, 0.9, 1.8, "MD"),
    Specialty("207RC0000X", 0.10, 0.4, 1.2, "MD"),
    Specialty("207RN0300X", 0.06, 0.3, 1.1, "MD"),
    Specialty("207RG0100X", 0.03, -0.6, 0.6, "DO"),
    Specialty("207RR0500X", 0.02, -0.6, 0.6, "DO"),
    Specialty("363L00000X", 0.09, -0.2, 0.8, "NP"),
    Specialty("363A00000X", 0.06, -0.2, 0.8, "PA-C"),
)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One row of the NUCC code set; definitions are left empty."""

    code: str
    grouping: str
    classification: str
    specialization: str
    display: str
    section: str


_PHYSICIAN = "Allopathic & Osteopathic Physicians"
_ASSISTANT = "Physician Assistants & Advanced Practice Nursing Providers"

TAXONOMIES = (
    Taxonomy("207R00000X", _PHYSICIAN, "Internal Medicine", "", "Internal Medicine Physician", "Individual"),
    Taxonomy("207Q00000X", _PHYSICIAN, "Family Medicine", "", "Family Medicine Physician", "Individual"),
    Taxonomy(
        "207RE0101X",
        _PHYSICIAN,
        "Internal Medicine",
        "Endocrinology, Diabetes & Metabolism",
        "Endocrinology, Diabetes & Metabolism Physician",
        "Individual",
    ),
    Taxonomy(
        "207RC0000X",
        _PHYSICIAN,
        "Internal Medicine",
        "Cardiovascular Disease",
        "Cardiovascular Disease Physician",
        "Individual",
    ),
    Taxonomy("207RN0300X", _PHYSICIAN, "Internal Medicine", "Nephrology", "Nephrology Physician", "Individual"),
    Taxonomy(
        "207RG0100X", _PHYSICIAN, "Internal Medicine", "Gastroenterology", "Gastroenterology Physician", "Individual"
    ),
    Taxonomy("207RR0500X", _PHYSICIAN, "Internal Medicine", "Rheumatology", "Rheumatology Physician", "Individual"),
    Taxonomy("363L00000X", _ASSISTANT, "Nurse Practitioner", "", "Nurse Practitioner", "Individual"),
    Taxonomy("363A00000X", _ASSISTANT, "Physician Assistant", "", "Physician Assistant", "Individual"),
    Taxonomy(
        "282N00000X", "Hospitals", "General Acute Care Hospital", "", "General Acute Care Hospital", "Non-Individual"
    ),
    Taxonomy(
        "282NC0060X",
        "Hospitals",
        "General Acute Care Hospital",
        "Critical Access",
        "Critical Access Hospital",
        "Non-Individual",
    ),
    Taxonomy("282E00000X", "Hospitals", "Long Term Care Hospital", "", "Long Term Care Hospital", "Non-Individual"),
    Taxonomy("283X00000X", "Hospitals", "Rehabilitation Hospital", "", "Rehabilitation Hospital", "Non-Individual"),
    Taxonomy(
        "314000000X",
        "Nursing & Custodial Care Facilities",
        "Skilled Nursing Facility",
        "",
        "Skilled Nursing Facility",
        "Non-Individual",
    ),
    Taxonomy(
        "3336C0003X",
        "Suppliers",
        "Pharmacy",
        "Community/Retail Pharmacy",
        "Community/Retail Pharmacy",
        "Non-Individual",
    ),
    Taxonomy("3336S0011X", "Suppliers", "Pharmacy", "Specialty Pharmacy", "Specialty Pharmacy", "Non-Individual"),
)
