"""Statistics of carriers: texts that mean nothing, mixed case, and hours that cannot be."""

from collections.abc import Callable

from tests.graph.sources.conftest import Feed

HEADER = (
    "Index,Carrier,Year,Service category,Request,Code type,Code,Description of service,Number of requests per code,"
    "Approval rate,Initially denied then approved - approval rate,Expedited - Avg response time,"
    "Standard - Avg response time,Extenuating circumstances - Avg response time,Expedited - Number of requests,"
    "Standard - Number of requests,Extenuating circumstances - Number of requests,Drug name,Drug code,Drug brand names"
)
LIST = "Codes with the highest total number"


def line(number: int, code: str, hours: str, counts: str = "1,3,0", drug: str = "NA,NA,NA", rate: str = "0.5") -> str:
    return f"{number},Carrier Q,2021,DME,{LIST},{code},Thing,4,{rate},0,{hours},{counts},{drug}"


def test_codes_are_upper_case_and_na_is_nothing(feed: Callable[[str], Feed]) -> None:
    # given: a code in mixed case, and a drug that has its code elsewhere
    carriers = feed("prior_auth_carriers")
    drug = line(2, "GPI10,NA", "0,12.5,0", drug="Avela (own),27999,NA")
    carriers.add("prior_auth_carriers_2021.csv", HEADER, line(1, "cPT,g0123", "0,12.5,0"), drug)

    # then: no hours where nobody asked, but those of one expedited request that was answered at once
    columns = ("code", "codeType", "drugName", "requests", "expeditedHours", "standardHours", "extenuatingHours")
    assert carriers.yields("AuthorizationStatistic", *columns) == [
        ("27999", "GPI10", "AVELA (OWN)", 4, 0.0, 12.5, None),
        ("G0123", "CPT", None, 4, 0.0, 12.5, None),
    ]
    assert carriers.yields("Payer", "payer_key", "name") == [("CARRIER Q", "Carrier Q")]


def test_one_code_in_two_lists_stays_two_rows(feed: Callable[[str], Feed]) -> None:
    carriers = feed("prior_auth_carriers")
    carriers.add("prior_auth_carriers.csv", HEADER, line(1, "CPT,1", "0,1,0"), line(2, "CPT,1", "0,1,0"))
    assert carriers.yields("AuthorizationStatistic", "statistic_key") == [("CARRIER Q|2021|1",), ("CARRIER Q|2021|2",)]


def test_impossible_hours_and_rates_are_put_aside_with_the_reason(feed: Callable[[str], Feed]) -> None:
    # given
    carriers = feed("prior_auth_carriers")
    carriers.add(
        "prior_auth_carriers.csv", HEADER, line(1, "CPT,1", "-0.5,1,0"), line(2, "CPT,1", "0,2160.5,0"),
        line(3, "CPT,1", "0,1,0", rate="89"), line(4, "CPT,1", "0,soon,0"), line(5, "CPT,1", "0,2160,0"),
    )  # fmt: skip

    # then
    assert carriers.aside() == [
        ("statistics", "approval_rate", "is above 1", 1),
        ("statistics", "standard_hours", "is not a number", 1),
        ("statistics", None, "tells negative hours", 1),
        ("statistics", None, "tells response times of more than 90 days", 1),
    ]
