"""What QuickBooks refuses with: codes, sentences and the bodies they travel in."""

from __future__ import annotations

from xml.sax.saxutils import escape

from quicksync.simulator.accounting.jsontext import Doc

TITLES = {
    500: "Unsupported Operation",
    600: "Duplicate Request ID",
    610: "Object Not Found",
    620: "Transaction is not linkable",
    700: "Parent Reference Invalid",
    800: "Cannot delete object",
    900: "Parent cannot be child",
    1040: "Batch size exceeds allowed limit",
    1050: "Invalid Content Type",
    2000: "Invalid or unsupported object name",
    2010: "Request has invalid or unsupported property",
    2020: "Required param missing, need to supply the required value for the API",
    2030: "Invalid ID",
    2040: "Invalid String",
    2050: "Invalid String Length",
    2060: "Invalid Date Format",
    2070: "Invalid Date",
    2080: "Invalid Number Format",
    2090: "Invalid Number",
    2120: "Invalid Type",
    2130: "Invalid Request Id Format",
    2140: "Invalid Amount",
    2150: "Invalid Percent",
    2160: "Invalid Quantity",
    2170: "Invalid Enumeration",
    2200: "Invalid Web Address",
    2210: "Invalid Email Address format",
    2220: "Invalid Currency Type",
    2230: "Invalid Boolean",
    2240: "Invalid Number Range",
    2250: "Missing lines",
    2260: "Missing Posting Type",
    2290: "Negative Amount",
    2300: "Amount on debits not equal to credits",
    2500: "Invalid Reference Id",
    4000: "Error parsing query",
    4001: "Invalid query",
    5010: "Stale Object Error",
    5030: "Feature Not Supported Error",
    6000: "A business validation error has occurred while processing your request",
    6010: "AccountType or AccountSubType must be specified",
    6020: "Content length missing",
    6030: "File size exceeds the limit",
    6040: "Metadata is not an Attachable",
    6041: "Invalid file",
    6050: "Unsupported entity type",
    6060: "OpenBalanceDate required with OpenBalance",
    6070: "Amount calculation incorrect in the request",
    6080: "No Name Provided",
    6090: "Discount Line missing amount or percent",
    6100: "Invalid Line TaxCode",
    6130: "Cannot change who customer bills with",
    6140: "Duplicate Document Number Error",
    6150: "ParentRef required",
    6170: "TxnTaxDetail not allowed",
    6180: "Sub level limit exceeded",
    6190: "Invalid Company Status Error",
    6210: "Account Period Closed",
    6220: "Delete Entity Has Balance",
    6240: "Duplicate Name Exists Error",
    6250: "Invalid Sales Customer",
    6270: "Inventory transaction dated before item start date",
    6280: "Customer has unbilled charges",
    6290: "Employee or vendor required",
    6310: "Missing Customer",
    6320: "Invalid Billable status",
    6330: "Missing billing rate",
    6360: "Invalid time duration",
    6390: "Invalid time",
    6400: "Linked purchase cannot be deleted",
    6420: "E-mail address required",
    6430: "Invalid account type",
    6450: "Merchant service transaction",
    6470: "Tax not allowed",
    6490: "Invalid budget",
    6520: "Quantity required",
    6540: "Deposited Transaction cannot be changed",
    10000: "An application error has occurred while processing your request",
    10200: "Company Reset",
}

# Recorded without `element`: queries, unsupported paths and operations, unreadable bodies. A name
# that is taken has one, an empty one, inside a batch only. All others are recorded with it, empty
# or not.
_WITHOUT_ELEMENT = frozenset((500, 2010, 4000, 4001, 4002))
_NAME_TAKEN = 6240


class ApiError(Exception):
    """One refusal of the API: code, sentence, detail and HTTP status."""

    def __init__(
        self,
        code: int,
        detail: str = "",
        *,
        message: str = "",
        element: str = "",
        status: int = 400,
        kind: str = "",
    ) -> None:
        super().__init__(code, detail)
        self.code, self.detail, self.element, self.status = code, detail, element, status
        self.message = message or TITLES.get(code, "Operation failed")
        self.kind = kind or ("SystemFault" if code >= 10000 else "ValidationFault")

    def fault(self, *, in_batch: bool = False) -> Doc:
        """The Fault block, as it stands in an envelope or in a batch item."""
        error: Doc = {
            "Message": self.message,
            "Detail": self.detail or self.message,
            "code": str(self.code),
        }
        if self.code not in _WITHOUT_ELEMENT and (in_batch or self.code != _NAME_TAKEN):
            error["element"] = self.element
        return {"Error": [error], "type": self.kind}


class ControlError(ValueError):
    """What a control route cannot do, in a sentence of ours; the texts of other errors are not for
    answers.
    """


class QueryError(ApiError):
    """A statement that cannot be read (4000) or makes no sense (4001)."""


def gateway_body(code: str, message: str, detail: str, kind: str, millis: int) -> Doc:
    """The gateway's own body: lower-case keys and epoch time, as recorded for an expired token."""
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {
            "error": [{"message": message, "detail": detail, "code": code, "element": None}],
            "type": kind,
        },
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": millis,
        "status": None,
        "cdcresponse": [],
    }


def xml_fault(code: str, message: str, detail: str, kind: str, when: str) -> str:
    """The same refusal as XML, for clients that do not ask for JSON."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse time="{when}" xmlns="http://schema.intuit.com/finance/v3">'
        f'<Fault type="{kind}"><Error code="{code}">'
        f"<Message>{escape(message)}</Message><Detail>{escape(detail)}</Detail>"
        "</Error></Fault></IntuitResponse>"
    )


def not_found() -> ApiError:
    """The object is gone, inactive or never was: recorded in the same words for all three."""
    return ApiError(
        610,
        "Object Not Found : Something you're trying to use has been made inactive. "
        "Check the fields with accounts, customers, items, vendors or employees.",
    )


def stale() -> ApiError:
    """Somebody else wrote the object after it was read."""
    return ApiError(
        5010,
        "Stale Object Error : You and QuickBooks Support were working on this at the same time."
        " QuickBooks Support finished before you did, so your work was not saved.",
    )


def business(sentence: str, *, element: str = "") -> ApiError:
    """A business rule refused the write."""
    return ApiError(6000, f"Business Validation Error: {sentence}", element=element)


def no_target(name: str, id_: object) -> ApiError:
    """What is to be linked, or to get a file, does not exist; recorded for a file."""
    return business(
        f"The entity {name} {id_} that you are trying to link does not exist. {name} {id_}"
    )


def missing(name: str) -> ApiError:
    """A required property is absent."""
    return ApiError(2020, f"Required parameter {name} is missing in the request", element=name)


def before_start() -> ApiError:
    """Stock cannot move before it was first counted; recorded, spelling included."""
    return ApiError(
        6270,
        "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start"
        " Date for the product",
    )
