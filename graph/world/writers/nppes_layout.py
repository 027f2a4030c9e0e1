"""The column names of the NPPES data file, version 2: 330 columns in order."""

SEX_COLUMN = "Provider Sex Code"
OLD_SEX_COLUMN = "Provider Gender Code"


def _columns() -> tuple[str, ...]:
    address = (
        "Address City Name",
        "Address State Name",
        "Address Postal Code",
        "Address Country Code (If outside U.S.)",
        "Address Telephone Number",
        "Address Fax Number",
    )
    columns = [
        "NPI",
        "Entity Type Code",
        "Replacement NPI",
        "Employer Identification Number (EIN)",
        "Provider Organization Name (Legal Business Name)",
        "Provider Last Name (Legal Name)",
        "Provider First Name",
        "Provider Middle Name",
        "Provider Name Prefix Text",
        "Provider Name Suffix Text",
        "Provider Credential Text",
        "Provider Other Organization Name",
        "Provider Other Organization Name Type Code",
        "Provider Other Last Name",
        "Provider Other First Name",
        "Provider Other Middle Name",
        "Provider Other Name Prefix Text",
        "Provider Other Name Suffix Text",
        "Provider Other Credential Text",
        "Provider Other Last Name Type Code",
    ]
    for place in ("Mailing", "Practice Location"):
        columns += [f"Provider {line} Line Business {place} Address" for line in ("First", "Second")]
        columns += [f"Provider Business {place} {part}" for part in address]
    columns += [
        "Provider Enumeration Date",
        "Last Update Date",
        "NPI Deactivation Reason Code",
        "NPI Deactivation Date",
        "NPI Reactivation Date",
        SEX_COLUMN,
    ]
    columns += [
        f"Authorized Official {part}"
        for part in ("Last Name", "First Name", "Middle Name", "Title or Position", "Telephone Number")
    ]
    for slot in range(1, 16):
        columns += [
            f"Healthcare Provider Taxonomy Code_{slot}",
            f"Provider License Number_{slot}",
            f"Provider License Number State Code_{slot}",
            f"Healthcare Provider Primary Taxonomy Switch_{slot}",
        ]
    for slot in range(1, 51):
        columns += [
            f"Other Provider Identifier_{slot}",
            f"Other Provider Identifier Type Code_{slot}",
            f"Other Provider Identifier State_{slot}",
            f"Other Provider Identifier Issuer_{slot}",
        ]
    columns += [
        "Is Sole Proprietor",
        "Is Organization Subpart",
        "Parent Organization LBN",
        "Parent Organization TIN",
        "Authorized Official Name Prefix Text",
        "Authorized Official Name Suffix Text",
        "Authorized Official Credential Text",
    ]
    columns += [f"Healthcare Provider Taxonomy Group_{slot}" for slot in range(1, 16)]
    return (*columns, "Certification Date")


COLUMNS = _columns()
