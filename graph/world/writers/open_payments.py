"""Feed `open_payments`: the general payments file of a program year, with its five product slots."""

from collections.abc import Iterator

from graph.world.payments import COMPANIES, MEAL, NATURES, Payment, make_payments, program_years
from graph.world.places import STATES
from graph.world.products import PRODUCTS
from graph.world.specialties import SPECIALTIES, TAXONOMIES
from graph.world.streams import stream
from graph.world.world import World
from graph.world.writers.delivery import Delivery, quoted
from graph.world.writers.people import People

SLOTS = 5


def _columns() -> tuple[str, ...]:
    name = ("First_Name", "Middle_Name", "Last_Name", "Name_Suffix")
    maker = "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment"
    slot = (
        "Covered_or_Noncovered_Indicator_{}",
        "Indicate_Drug_or_Biological_or_Device_or_Medical_Supply_{}",
        "Product_Category_or_Therapeutic_Area_{}",
        "Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_{}",
        "Associated_Drug_or_Biological_NDC_{}",
        "Associated_Device_or_Medical_Supply_PDI_{}",
    )
    return (
        "Change_Type", "Covered_Recipient_Type", "Teaching_Hospital_CCN", "Teaching_Hospital_ID",
        "Teaching_Hospital_Name", "Covered_Recipient_Profile_ID", "Covered_Recipient_NPI",
        *(f"Covered_Recipient_{one}" for one in name),
        "Recipient_Primary_Business_Street_Address_Line1", "Recipient_Primary_Business_Street_Address_Line2",
        "Recipient_City", "Recipient_State", "Recipient_Zip_Code", "Recipient_Country", "Recipient_Province",
        "Recipient_Postal_Code",
        *(f"Covered_Recipient_Primary_Type_{index}" for index in range(1, 7)),
        *(f"Covered_Recipient_Specialty_{index}" for index in range(1, 7)),
        *(f"Covered_Recipient_License_State_code{index}" for index in range(1, 6)),
        "Submitting_Applicable_Manufacturer_or_Applicable_GPO_Name",
        *(f"{maker}_{one}" for one in ("ID", "Name", "State", "Country")),
        "Total_Amount_of_Payment_USDollars", "Date_of_Payment", "Number_of_Payments_Included_in_Total_Amount",
        "Form_of_Payment_or_Transfer_of_Value", "Nature_of_Payment_or_Transfer_of_Value", "City_of_Travel",
        "State_of_Travel", "Country_of_Travel", "Physician_Ownership_Indicator",
        "Third_Party_Payment_Recipient_Indicator",
        "Name_of_Third_Party_Entity_Receiving_Payment_or_Transfer_of_Value", "Charity_Indicator",
        "Third_Party_Equals_Covered_Recipient_Indicator", "Contextual_Information",
        "Delay_in_Publication_Indicator", "Record_ID", "Dispute_Status_for_Publication", "Related_Product_Indicator",
        *(one.format(index) for index in range(1, SLOTS + 1) for one in slot),
        "Program_Year", "Payment_Publication_Date",
    )  # fmt: skip


COLUMNS = _columns()


def write_open_payments(world: World, delivery: Delivery, before: int, day: int, people: People) -> None:
    """The files of the program years that were published in a window of days."""
    for year, published in program_years(world.clock):
        if before < published <= day or (before < 0 and published <= day):
            name = f"OP_DTL_GNRL_PGYR{year}_P0630{year + 1}.csv"
            delivery.add("open_payments", name, _lines(world, people, year), header=True, complete=False)


def _lines(world: World, people: People, year: int) -> Iterator[str]:
    yield quoted(COLUMNS)
    random = stream(world.settings.seed, f"open payments {year}")
    rows = make_payments(world.settings, world.clock, world.hcps, world.accounts, world.promotion, year)
    for payment in rows:
        row = _recipient(world, people, payment) | _what(world, payment, year)
        place = (1, 2, SLOTS)[int(random.choice(3, p=[0.8, 0.15, 0.05]))]
        if place > 1:
            # Another product of the company comes first; it is in no other feed.
            row |= _slot(1, "Maintrapatch", "99909090901")
        product = PRODUCTS[payment.product]
        row |= _slot(place, product.brand, product.ndc11s[0])
        if random.random() < 0.005:
            row["Dispute_Status_for_Publication"] = "Yes"
        if world.settings.planted.adversarial and random.random() < 0.01:
            row["Date_of_Payment"] = row["Date_of_Payment"][:6] + "0002"
        yield quoted(row.get(one, "") for one in COLUMNS)


def _recipient(world: World, people: People, payment: Payment) -> dict[str, str]:
    hcps, accounts, places = world.hcps, world.accounts, world.territories
    if payment.hcp < 0:
        where = int(accounts.territory[payment.account])
        own = {
            "Covered_Recipient_Type": "Covered Recipient Teaching Hospital",
            "Teaching_Hospital_CCN": accounts.ccn[payment.account],
            "Teaching_Hospital_ID": f"{100000 + payment.account}",
            "Teaching_Hospital_Name": accounts.name[payment.account].upper(),
        }
    else:
        where = int(hcps.territory[payment.hcp])
        specialty = SPECIALTIES[hcps.specialty[payment.hcp]]
        nucc = next(one for one in TAXONOMIES if one.code == specialty.code)
        physician = specialty.credential in ("MD", "DO")
        parts = (nucc.grouping, nucc.classification, nucc.specialization)
        own = {
            "Covered_Recipient_Type": f"Covered Recipient {'' if physician else 'Non-'}Physician"
            + ("" if physician else " Practitioner"),
            "Covered_Recipient_Profile_ID": f"{5_000_000 + payment.hcp}",
            "Covered_Recipient_NPI": hcps.npi[payment.hcp],
            "Covered_Recipient_First_Name": people.first[payment.hcp].upper(),
            "Covered_Recipient_Last_Name": people.last[payment.hcp].upper(),
            "Covered_Recipient_Primary_Type_1": "Medical Doctor" if physician else specialty.credential,
            "Covered_Recipient_Specialty_1": "|".join(part for part in parts if part),
        }
    return own | {
        "Recipient_City": places.names[where].upper(),
        "Recipient_State": STATES[places.state[where]].code,
        "Recipient_Zip_Code": f"{places.zip3[where]}01",
        "Recipient_Country": "United States",
    }


def _what(world: World, payment: Payment, year: int) -> dict[str, str]:
    company = COMPANIES[payment.product]
    return {
        "Change_Type": "NEW",
        "Submitting_Applicable_Manufacturer_or_Applicable_GPO_Name": company,
        "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID": f"1000000{payment.product:05d}",
        "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name": company,
        "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Country": "United States",
        "Total_Amount_of_Payment_USDollars": f"{payment.amount:.2f}",
        "Date_of_Payment": world.clock.date_of(payment.day).strftime("%m/%d/%Y"),
        "Number_of_Payments_Included_in_Total_Amount": "1",
        "Form_of_Payment_or_Transfer_of_Value": "In-kind items and services"
        if payment.nature == MEAL
        else "Cash or cash equivalent",
        "Nature_of_Payment_or_Transfer_of_Value": NATURES[payment.nature],
        "Physician_Ownership_Indicator": "No",
        "Third_Party_Payment_Recipient_Indicator": "No Third Party Payment",
        "Delay_in_Publication_Indicator": "No",
        "Record_ID": payment.record_id,
        "Dispute_Status_for_Publication": "No",
        "Related_Product_Indicator": "Yes",
        "Program_Year": str(year),
        "Payment_Publication_Date": f"06/30/{year + 1}",
    }


def _slot(place: int, brand: str, ndc: str) -> dict[str, str]:
    """One product slot; the code with dashes, as the file has it."""
    return {
        f"Covered_or_Noncovered_Indicator_{place}": "Covered",
        f"Indicate_Drug_or_Biological_or_Device_or_Medical_Supply_{place}": "Drug",
        f"Product_Category_or_Therapeutic_Area_{place}": "ENDOCRINOLOGY",
        f"Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_{place}": brand.upper(),
        f"Associated_Drug_or_Biological_NDC_{place}": f"{ndc[:5]}-{ndc[5:9]}-{ndc[9:]}",
    }
