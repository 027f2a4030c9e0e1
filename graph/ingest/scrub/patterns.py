"""Identifiers that have a shape: e-mail, phone, SSN, MRN, birth date, MBI, address, and the like."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a note that is removed, with its class."""

    start: int
    end: int
    kind: str


_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_NUMERIC_DATE = r"(?:\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2}))"
_WRITTEN_DATE = (
    rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?{_MONTH},?[ -]\d{{2,4}})"
)
_DATE = rf"(?:{_NUMERIC_DATE}|{_WRITTEN_DATE})"
_SUFFIX = (
    "street|avenue|road|boulevard|drive|lane|court|place|terrace|circle|parkway|highway|square|trail|"
    "ave|rd|blvd|ln|pkwy|hwy|str|st|dr|ct|pl|ter|cir|way|loop|pike|row"
)
_STATE = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_UNIT = r"(?:,? (?:apt|apartment|unit|suite|ste|floor|fl|#)\.? ?#?\w{1,6})?"
_TOWN = rf"(?:,? (?:[A-Z][\w.'-]+ ?){{1,3}},? (?:{_STATE})(?: \d{{5}}(?:-\d{{4}})?)?)?(?:,? \d{{5}}(?:-\d{{4}})?)?"
_MBI_LETTER = "[AC-HJKMNP-RT-Yac-hjkmnp-rt-y]"
_MBI_EITHER = "[AC-HJKMNP-RT-Yac-hjkmnp-rt-y0-9]"
_LINK = r"[\s.:#=-]*(?:(?:number|num|no|is|was|of|on file)\b[\s.:#=-]*){0,3}"

_DIGIT = re.compile(r"\d")
_EMAIL = re.compile(
    r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+|"
    r"\b[\w.+-]+ ?(?:\(at\)|\[at\]|\bat\b) ?[\w-]+ ?(?:\(dot\)|\[dot\]|\bdot\b) ?(?:com|org|net|edu|gov|example)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"\b(?:https?://|ftp://|www\.)\S*[\w/]", re.IGNORECASE)
_IP = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\.?\d)")
_MBI = re.compile(rf"\b[1-9]{_MBI_LETTER}{_MBI_EITHER}\d[- ]?{_MBI_LETTER}{_MBI_EITHER}\d[- ]?{_MBI_LETTER}{{2}}\d\d\b")
_SSN = re.compile(r"(?<![\d-])\d{3}([-. ])\d{2}\1\d{4}(?![\d-])|(?<![\w-])\d{9}(?![\w-])")
_SOCIAL = re.compile(
    rf"\b(?:ssn|soc(?:ial)?(?:\.| security)?(?: number)?){_LINK}"
    r"((?:[\dxX*]{3}[- ]?[\dxX*]{2}[- ]?)?\d{4}|\d{3} ?\d{2} ?\d{4})\b",
    re.IGNORECASE,
)
_MRN = re.compile(
    r"\b(?:mrn|m\.r\.n\.?|med(?:ical)?\.? ?rec(?:ord)?s?|chart|record|patient (?:id|identifier|number|no)|pt id|"
    r"hosp(?:ital)? (?:id|no))"
    rf"{_LINK}([A-Z]{{0,4}}[-\s]?\d(?:[\w-]*\d)?(?<=\w{{4}}))(?!\w)",
    re.IGNORECASE,
)
_ID = re.compile(
    r"\b(?:member|subscriber|beneficiary|enrollee|insurance|insured|policy|account|acct|licen[sc]e|lic|certificate|"
    r"vin|plate|serial|device|hicn|medicaid|medicare|passport|dea)(?: (?:id|identifier|card))?"
    rf"{_LINK}((?=[\w-]*\d)[A-Z0-9][\w-]{{3,}})(?!\w)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w-])(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. /])\d{3}[-. ]\d{4}"
    r"(?: ?(?:x|ext\.?|extension) ?\d{1,6})?(?![\w-])|"
    r"(?<![\w-])(?:\+?1[-. ]?)?\(\d{3}\) ?\d{7}(?![\w-])|"
    r"(?<![\w-])\+\d{1,3}[- ]?\d[\d -]{6,12}\d(?![\w-])|"
    r"(?<![\w.-])\d{3}[-.]\d{4}(?![\w-])",
    re.IGNORECASE,
)
_TEN_DIGITS = re.compile(r"(?<![\w-])\d{10,11}(?![\w-])")
_DIALLED = re.compile(
    r"\b(?:call(?:ed)?|fax(?:ed)?|phone|tel|cell|mobile|ring|text|dial|line)\b[^.\n\d]{0,30}(\d{10,11})(?![\w-])",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"\b(?:d\.?o\.?b\.?|date of birth|birth ?date|birth ?day|born|b\.d\.|bday)"
    r"[\s:,=(-]*(?:(?:is|was|on|in)\b[\s:]*){0,2}"
    rf"({_DATE}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?|\d{{8}}|(?:19|20)\d\d)",
    re.IGNORECASE,
)
_ANY_DATE = re.compile(rf"(?<![\w/.-]){_DATE}(?![\w/-])", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d|\d\d$")
_AGE = re.compile(r"\b(?:9\d|1[01]\d)(?=[- ]?(?:years?|yrs?|y/?o|y\.o\.)(?:[- ]old)?\b)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b\d{1,6}[A-Za-z]? (?:(?:[NSEW]|North|South|East|West|NE|NW|SE|SW)\.? )?(?:[A-Z0-9][\w.'-]* ){1,3}"
    rf"(?i:{_SUFFIX})\b\.?(?i:{_UNIT}){_TOWN}|"
    r"\b\d{1,6} (?:[a-z]+ ){1,2}(?:street|avenue|road|boulevard|drive|lane|ave|rd|blvd|ln|st)\b\.?"
    rf"(?i:{_UNIT})(?:,? [a-z]+,? [a-z]{{2}} \d{{5}})?|"
    rf"\b(?i:p\.? ?o\.? box) \d+{_TOWN}"
)

_TOWN_ALONE = re.compile(rf"\b(?:[A-Z][\w.'-]+ ){{0,2}}[A-Z][\w.'-]+, (?:{_STATE}) \d{{5}}(?:-\d{{4}})?")


def shaped(text: str) -> Iterator[Span]:
    """Spans of identifiers with a shape; they may overlap, the earlier kinds are the surer ones."""
    if "@" in text or " at " in text or "(at)" in text or "[at]" in text:
        yield from _whole(_EMAIL, "EMAIL", text)
    if "." in text:
        yield from _whole(_URL, "URL", text)
    if _DIGIT.search(text) is None:
        return
    lower = text.lower()
    if any(hint in lower for hint in ("dob", "d.o.b", "born", "birth", "bday", "b.d.")):
        yield from _value(_BIRTH, "BIRTH_DATE", text)
    yield from _whole(_MBI, "MBI", text)
    if any(hint in lower for hint in ("mrn", "m.r.n", "rec", "chart", "patient ", "pt id", "hosp")):
        yield from _value(_MRN, "MRN", text)
    yield from _whole(_SSN, "SSN", text)
    if "ssn" in lower or "soc" in lower:
        yield from _value(_SOCIAL, "SSN", text)
    yield from _value(_ID, "ID", text)
    yield from _whole(_ADDRESS, "ADDRESS", text)
    if ", " in text:
        yield from _whole(_TOWN_ALONE, "ADDRESS", text)
    yield from _whole(_PHONE, "PHONE", text)
    yield from _value(_DIALLED, "PHONE", text)
    yield from _whole(_TEN_DIGITS, "PHONE", text, lambda found: not npi_valid(found))
    yield from _whole(_ANY_DATE, "BIRTH_DATE", text, _long_ago)
    yield from _whole(_IP, "IP", text)
    yield from _whole(_AGE, "AGE", text)


def npi_valid(number: str) -> bool:
    """Ten digits that begin with 1 or 2 and pass Luhn over 80840 and themselves: a public number."""
    if len(number) != 10 or number[0] not in "12":
        return False
    digits = [int(digit) for digit in number]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[::2])
    return (24 + doubled + sum(digits[1::2])) % 10 == 0


def _long_ago(date: str) -> bool:
    """True for a year in which no note was written: then it is a birth date."""
    found = _YEAR.search(date)
    if found is None:
        return False
    year = int(found[0])
    if year < 100:
        year += 1900 if year >= 30 else 2000
    return year < 2012


def _whole(
    pattern: re.Pattern[str], kind: str, text: str, holds: Callable[[str], bool] = lambda _found: True
) -> Iterator[Span]:
    for match in pattern.finditer(text):
        if holds(match[0]):
            yield Span(match.start(), match.end(), kind)


def _value(pattern: re.Pattern[str], kind: str, text: str) -> Iterator[Span]:
    """The last group that matched: the value behind a label; else the whole."""
    for match in pattern.finditer(text):
        at = match.lastindex or 0
        at = at if at and len(match[at]) > 1 else 0
        yield Span(match.start(at), match.end(at), kind)
