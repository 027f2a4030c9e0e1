"""Objects of the CRM export with the names of both generations: `_vod__c` (classic) and `__v` (Vault)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CrmObject:
    """An exported object: file stem and columns as the classic system names them."""

    classic: str
    columns: tuple[str, ...]

    def file(self, *, vault: bool) -> str:
        return f"{vault_name(self.classic) if vault else self.classic}.csv"

    def header(self, *, vault: bool) -> str:
        return ",".join(vault_name(one) if vault else one for one in self.columns)


STANDARD = {
    "Id": "id",
    "Name": "name__v",
    "FirstName": "first_name__v",
    "LastName": "last_name__v",
    "IsPersonAccount": "ispersonaccount__v",
    "LastModifiedDate": "modified_date__v",
    "CreatedDate": "created_date__v",
    "Account": "account__v",
    "arm": "arm",
    "propensity": "propensity",
}
"""Columns and objects that are not the vendor's own in the classic system, by their name in Vault."""


def vault_name(classic: str) -> str:
    """The Vault name of a classic column or object."""
    return STANDARD.get(classic) or classic.removesuffix("_vod__c").lower() + "__v"


ACCOUNT = CrmObject(
    "Account",
    (
        "Id", "Name", "FirstName", "LastName", "IsPersonAccount", "NPI_vod__c", "Specialty_1_vod__c",
        "Status_vod__c", "External_ID_vod__c", "LastModifiedDate",
    ),
)  # fmt: skip
ADDRESS = CrmObject(
    "Address_vod__c",
    ("Id", "Account_vod__c", "Name", "City_vod__c", "State_vod__c", "Zip_vod__c", "Primary_vod__c", "LastModifiedDate"),
)
CALL = CrmObject(
    "Call2_vod__c",
    (
        "Id", "Account_vod__c", "User_vod__c", "Call_Date_vod__c", "Call_Type_vod__c", "Call_Channel_vod__c",
        "Duration_vod__c", "Status_vod__c", "LastModifiedDate",
    ),
)  # fmt: skip
CALL_DETAIL = CrmObject(
    "Call2_Detail_vod__c",
    ("Id", "Call2_vod__c", "Product_vod__c", "Detail_Priority_vod__c", "LastModifiedDate"),
)
SENT_EMAIL = CrmObject(
    "Sent_Email_vod__c",
    (
        "Id", "Account_vod__c", "User_vod__c", "Product_vod__c", "Email_Sent_Date_vod__c", "Status_vod__c",
        "Opened_vod__c", "Clicked_vod__c", "LastModifiedDate",
    ),
)  # fmt: skip
CONSENT = CrmObject(
    "Multichannel_Consent_vod__c",
    ("Id", "Account_vod__c", "Channel_Value_vod__c", "Opt_Type_vod__c", "Capture_Datetime_vod__c", "LastModifiedDate"),
)
SUGGESTION = CrmObject(
    "Suggestion_vod__c",
    (
        "Id", "Suggestion_External_Id_vod__c", "Account_vod__c", "User_vod__c", "Product_vod__c", "Title_vod__c",
        "Reason_vod__c", "Priority_vod__c", "Posted_Date_vod__c", "Expiration_Date_vod__c", "arm", "propensity",
        "LastModifiedDate",
    ),
)  # fmt: skip
FEEDBACK = CrmObject(
    "Suggestion_Feedback_vod__c",
    ("Id", "Suggestion_vod__c", "Activity_Execution_Type_vod__c", "CreatedDate", "LastModifiedDate"),
)
PRODUCT = CrmObject(
    "Product_vod__c",
    ("Id", "Name", "Product_Type_vod__c", "External_ID_vod__c", "LastModifiedDate"),
)
