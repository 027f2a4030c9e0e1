"""Opaque ids: the label's prefix and sixteen characters of a keyed hash of the first identifier.

The SQL macros that mint in bulk are in `graph.ingest.engine`; a test keeps both equal.
"""

import base64
import hashlib
import hmac

PREFIXES = {
    "HCP": "hcp",
    "Specialty": "spc",
    "Account": "acc",
    "Territory": "ter",
    "Rep": "rep",
    "Payer": "pay",
    "Plan": "pln",
    "CoveragePolicy": "pol",
    "Product": "prd",
    "Patient": "pat",
    "TherapyStart": "tst",
    "PriorAuthorization": "pau",
    "SupportCase": "cas",
    "Interaction": "int",
    "Consent": "con",
    "Suggestion": "sug",
    "FieldNote": "not",
    "SurveyResponse": "srv",
    "ScientificActivity": "sci",
    "MedicalInquiry": "inq",
    "Payment": "pmt",
    "ProviderNetwork": "net",
    "AuthorizationStatistic": "ast",
    "Override": "ovr",
}
ID_CHARACTERS = 16
TOKEN_CHARACTERS = 32


def keyed(key: bytes, text: str, characters: int) -> str:
    """The first ``characters`` of the lower-case base32 HMAC-SHA256 of ``text``."""
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:characters]


def mint(key: bytes, label: str, system: str, value: str) -> str:
    """The id of a new entity that is first known by ``value`` of ``system``."""
    return f"{PREFIXES[label]}_{keyed(key, f'{system}|{value}', ID_CHARACTERS)}"


def token(key: bytes, column: str, value: str, version: str = "v1") -> str:
    """The token that stands for a personal value of a column, under the key of a version."""
    return f"{version}:{keyed(key, f'{column}|{value}', TOKEN_CHARACTERS)}"
