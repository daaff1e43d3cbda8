"""Which properties of an entity a statement may compare and order by: what Intuit's reference
marks, no others.
"""

from __future__ import annotations

from functools import cache

from quicksync.simulator.accounting.entities import Entity
from quicksync.simulator.company.query import invalid

# entity | compared and ordered by | compared only | ordered by only
#
# Id and both times of MetaData come on top for all. Whole blocks (BillPayment.CheckPayment) are
# marked as well, but have no value that one could compare. An entity without a row here has nothing
# but its Id and its times.
_TABLE = """
Account|CurrentBalance CurrentBalanceWithSubAccounts Description FullyQualifiedName Name ParentRef \
SubAccount|AccountSubType AccountType Active Classification|
Attachable|Category ContentType FileName Lat Long Note PlaceName Size Tag|\
AttachableRef.EntityRef AttachableRef.EntityRef.type AttachableRef.EntityRef.value|
Bill|APAccountRef DocNumber DueDate SalesTermRef TotalAmt TxnDate VendorRef|Balance|
BillPayment|APAccountRef DocNumber TotalAmt TxnDate VendorRef||
Budget|BudgetType Name|Active|
Class|Active FullyQualifiedName|Name|
CompanyCurrency|Active|Code|
CreditCardPaymentTxn|TxnDate|VendorRef|
CreditMemo|Balance DocNumber TxnDate|CustomerRef ProjectRef SalesTermRef|
Customer|Active Balance CompanyName DisplayName FamilyName FullyQualifiedName GivenName MiddleName \
PrintOnCheckName|PrimaryEmailAddr|BalanceWithJobs
CustomerType|Active||
Department|Active FullyQualifiedName|Name|SubDepartment
Deposit|TxnDate||
Employee|DisplayName FamilyName GivenName MiddleName PrintOnCheckName Suffix|Active|
Estimate|DocNumber DueDate TxnDate|CustomerRef ProjectRef|
ExchangeRate||AsOfDate SourceCurrencyCode|
Invoice|Balance DocNumber DueDate TxnDate|CustomerRef ProjectRef SalesTermRef TotalAmt|
Item|Name Type|Active FullyQualifiedName Sku|UnitPrice
JournalEntry|DocNumber TxnDate||
Payment|PaymentRefNum TxnDate|CustomerRef ProjectRef|
PaymentMethod|Active|Name|
Purchase|DocNumber TxnDate||
PurchaseOrder|DocNumber DueDate TxnDate||
RecurringTransaction|RecurDataRef|Type|
RefundReceipt|Balance DocNumber PaymentType TxnDate|CustomerRef ProjectRef|
ReimburseCharge||CustomerRef HasBeenInvoiced|
SalesReceipt|Balance DocNumber TxnDate|CustomerRef ProjectRef TotalAmt|
TaxAgency|||DisplayName
TaxCode|Description Name|Active|
TaxRate|Active AgencyRef Description Name TaxReturnLineRef||
Term|Active Name||
TimeActivity|TxnDate|BillableStatus ProjectRef|
Transfer|TxnDate||
Vendor|Active Balance CompanyName DisplayName FamilyName GivenName MiddleName \
PrintOnCheckName Suffix||
VendorCredit|APAccountRef DocNumber TotalAmt TxnDate||Balance
"""
_ALWAYS = frozenset(("id", "metadata.createtime", "metadata.lastupdatedtime"))


@cache
def _rows() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    table = {}
    for line in _TABLE.strip().splitlines():
        name, *columns = line.lower().split("|")
        both, compared, ordered = (frozenset(column.split()) for column in columns)
        table[name] = (both | compared | _ALWAYS, both | ordered | _ALWAYS)
    return table


def filterable(entity: Entity) -> frozenset[str]:
    """What conditions may name, in lower case."""
    return _rows().get(entity.name.lower(), (_ALWAYS, _ALWAYS))[0]


def sortable(entity: Entity) -> frozenset[str]:
    """What ORDERBY may name, in lower case; `Id` is a matter of its own switch."""
    return _rows().get(entity.name.lower(), (_ALWAYS, _ALWAYS))[1]


def check_filter(entity: Entity, name: str) -> None:
    """Refuse, in the recorded words, to compare what is not marked."""
    if name.lower() not in filterable(entity):
        raise invalid(f"property '{name}' is not queryable")


def check_order(entity: Entity, name: str) -> None:
    """Refuse to order by what is not marked; the words follow those for conditions, no recording
    has them.
    """
    if name.lower() not in sortable(entity):
        raise invalid(f"property '{name}' is not sortable")
