"""The operation matrix: every entity, where it lives and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

# name | path | group | id sequence | operations | properties that are computed and ignored on input
# Operations: C create R read U full update S sparse update D delete V void Q query P pdf M send B
# batch X change data.
_TABLE = """
Account|account|list|account|CRUSQBX|CurrentBalance CurrentBalanceWithSubAccounts FullyQualifiedName
Attachable|attachable|plain|attachable|CRUDQBX|Size FileAccessUri TempDownloadUri \
ThumbnailFileAccessUri ThumbnailTempDownloadUri
Bill|bill|txn|txn|CRUSDQBX|TotalAmt Balance HomeBalance HomeTotalAmt RecurDataRef
BillPayment|billpayment|txn|txn|CRUSDVQBX|
Budget|budget|plain|budget|CRUDQX|
Class|class|list|class|CRUSQBX|FullyQualifiedName
CompanyCurrency|companycurrency|list|companycurrency|CRUSQBX|Name
CompanyInfo|companyinfo|single|single|RUSQX|CompanyStartDate
CreditCardPaymentTxn|creditcardpayment|txn|txn|CRUSDQBX|
CreditMemo|creditmemo|txn|txn|CRUSDQPMBX|TotalAmt Balance RemainingCredit HomeBalance \
HomeTotalAmt DeliveryInfo
Customer|customer|list|name|CRUSQBX|FullyQualifiedName Level BalanceWithJobs IsProject \
OverDueBalance ClientEntityId
CustomerType|customertype|list|customertype|RQ|
Department|department|list|department|CRUSQBX|FullyQualifiedName
Deposit|deposit|txn|txn|CRUSDQBX|TotalAmt HomeTotalAmt
Employee|employee|list|name|CRUSQBX|
Estimate|estimate|txn|txn|CRUSDQPMBX|TotalAmt HomeTotalAmt DeliveryInfo
ExchangeRate|exchangerate|rate|exchangerate|RUQ|TargetCurrencyCode
InventoryAdjustment|inventoryadjustment|txn|txn|CRSD|
Invoice|invoice|txn|txn|CRUSDVQPMBX|TotalAmt Balance HomeBalance HomeTotalAmt DeliveryInfo \
EInvoiceStatus invoiceStatus
Item|item|list|item|CRUSQBX|FullyQualifiedName Level AvgCost
JournalCode|journalcode|plain|journalcode|CRUQ|
JournalEntry|journalentry|txn|txn|CRUSDQBX|TotalAmt HomeTotalAmt
Payment|payment|txn|txn|CRUSDVQPMBX|UnappliedAmt
PaymentMethod|paymentmethod|list|paymentmethod|CRUSQBX|
Preferences|preferences|single|single|RUSQX|
Purchase|purchase|txn|txn|CRUSDQBX|TotalAmt HomeTotalAmt
PurchaseOrder|purchaseorder|txn|txn|CRUSDQPMBX|TotalAmt HomeTotalAmt DeliveryInfo
RecurringTransaction|recurringtransaction|plain|txn|CRDQ|
RefundReceipt|refundreceipt|txn|txn|CRUSDQPMBX|TotalAmt Balance RemainingCredit HomeTotalAmt \
DeliveryInfo
ReimburseCharge|reimbursecharge|txn|txn|RQ|
SalesReceipt|salesreceipt|txn|txn|CRUSDVQPMBX|TotalAmt Balance HomeTotalAmt DeliveryInfo
TaxAgency|taxagency|plain|taxagency|CRQ|LastFileDate TaxAgencyConfig
TaxClassification|taxclassification|plain|taxclassification|RQ|
TaxCode|taxcode|list|taxcode|RQ|
TaxPayment|taxpayment|plain|txn|RQ|
TaxRate|taxrate|list|taxrate|RQ|
Term|term|list|term|CRUSQBX|
TimeActivity|timeactivity|txn|txn|CRUSDQB|
Transfer|transfer|txn|txn|CRUSDQBX|
Vendor|vendor|list|name|CRUSQBX|Balance
VendorCredit|vendorcredit|txn|txn|CRUSDQBX|TotalAmt Balance
"""
COMPUTED = frozenset(("MetaData", "domain", "status"))
NAMES = ("Customer", "Vendor", "Employee")


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of the API."""

    name: str
    path: str
    group: str
    sequence: str
    operations: frozenset[str]
    computed: frozenset[str]

    def allows(self, letter: str) -> bool:
        """Whether the matrix has the operation."""
        return letter in self.operations

    @property
    def is_list(self) -> bool:
        """Lists are deactivated, never deleted, and hide inactive rows from queries."""
        return self.group == "list"

    @property
    def name_field(self) -> str:
        """The property that names a row of a list."""
        if self.name in (*NAMES, "TaxAgency"):
            return "DisplayName"
        return "Code" if self.name == "CompanyCurrency" else "Name"


@cache
def entities() -> dict[str, Entity]:
    """Every entity by its name."""
    table = {}
    for line in _TABLE.strip().splitlines():
        name, path, group, sequence, operations, computed = line.split("|")
        table[name] = Entity(
            name,
            path,
            group,
            sequence,
            frozenset(operations),
            COMPUTED | frozenset(computed.split()),
        )
    return table


@cache
def _by_word() -> dict[str, Entity]:
    words = {entity.name.lower(): entity for entity in entities().values()}
    return words | {entity.path: entity for entity in entities().values()}


def find_entity(word: str) -> Entity | None:
    """The entity a path or a statement names, in any case."""
    return _by_word().get(word.lower())
