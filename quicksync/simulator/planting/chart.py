"""Charts of accounts, terms and methods that a company begins with."""

from __future__ import annotations

# Every new company: name | type | subtype | id where clients are known to count on it
BASIC = """
Services|Income|ServiceFeeIncome|1
Sales of Product Income|Income|SalesOfProductIncome|79
Billable Expense Income|Income|ServiceFeeIncome|85
Undeposited Funds|Other Current Asset|UndepositedFunds|4
Retained Earnings|Equity|RetainedEarnings|2
Opening Balance Equity|Equity|OpeningBalanceEquity|34
Cost of Goods Sold|Cost of Goods Sold|SuppliesMaterialsCogs|80
Inventory Asset|Other Current Asset|Inventory|81
Accounts Receivable (A/R)|Accounts Receivable|AccountsReceivable|84
Accounts Payable (A/P)|Accounts Payable|AccountsPayable|33
Checking|Bank|Checking|35
Uncategorized Income|Income|ServiceFeeIncome|30
Uncategorized Expense|Expense|OtherMiscellaneousServiceCost|31
Uncategorized Asset|Other Current Asset|OtherCurrentAssets|32
Discounts given|Income|DiscountsRefundsGiven|86
{tax}|Other Current Liability|GlobalTaxPayable|89
Unapplied Cash Payment Income|Income|UnappliedCashPaymentIncome
Purchases|Expense|SuppliesMaterials
Office Supplies|Expense|OfficeGeneralAdministrativeExpenses
Bank Charges|Expense|BankCharges
"""
# The landscaping company has these as well; a colon leads to a subaccount.
LANDSCAPING = """
Savings|Bank|Savings|36
Money Market|Bank|MoneyMarket
Mastercard|Credit Card|CreditCard|41
Visa|Credit Card|CreditCard|42
Prepaid Expenses|Other Current Asset|PrepaidExpenses|3
Truck|Fixed Asset|Vehicles|37
Truck:Original Cost|Fixed Asset|Vehicles|38
Truck:Depreciation|Fixed Asset|AccumulatedDepreciation|39
Security Deposit|Other Asset|SecurityDeposits
Loan Payable|Other Current Liability|LoanPayable|43
Payroll Liabilities|Other Current Liability|PayrollTaxPayable
Notes Payable|Long Term Liability|NotesPayable|44
Owner's Equity|Equity|OwnersEquity
Design income|Income|ServiceFeeIncome|82
Landscaping Services|Income|ServiceFeeIncome|45
Landscaping Services:Job Materials|Income|SalesOfProductIncome
Landscaping Services:Job Materials:Fountains and Garden Lighting|Income|SalesOfProductIncome
Landscaping Services:Job Materials:Plants and Soil|Income|SalesOfProductIncome
Landscaping Services:Job Materials:Sprinklers and Drip Systems|Income|SalesOfProductIncome
Landscaping Services:Labor|Income|ServiceFeeIncome
Landscaping Services:Labor:Installation|Income|ServiceFeeIncome
Landscaping Services:Labor:Maintenance and Repair|Income|ServiceFeeIncome
Pest Control Services|Income|ServiceFeeIncome
Other Income|Income|OtherPrimaryIncome
Refunds-Allowances|Income|DiscountsRefundsGiven
Interest Earned|Other Income|InterestEarned|25
Other Portfolio Income|Other Income|OtherMiscellaneousIncome
Advertising|Expense|AdvertisingPromotional|7
Automobile|Expense|Auto|55
Automobile:Fuel|Expense|Auto|56
Commissions & fees|Expense|OtherMiscellaneousServiceCost
Disposal Fees|Expense|OtherMiscellaneousServiceCost
Dues & Subscriptions|Expense|DuesSubscriptions|10
Equipment Rental|Expense|EquipmentRental
Insurance|Expense|Insurance|11
Job Expenses|Expense|OtherMiscellaneousServiceCost|58
Job Expenses:Cost of Labor|Expense|CostOfLabor
Job Expenses:Equipment Rental|Expense|EquipmentRental
Job Expenses:Job Materials|Expense|SuppliesMaterials
Job Expenses:Permits|Expense|OtherMiscellaneousServiceCost
Legal & Professional Fees|Expense|LegalProfessionalFees
Legal & Professional Fees:Accounting|Expense|LegalProfessionalFees
Legal & Professional Fees:Bookkeeper|Expense|LegalProfessionalFees
Legal & Professional Fees:Lawyer|Expense|LegalProfessionalFees
Maintenance and Repair|Expense|RepairMaintenance
Maintenance and Repair:Building Repairs|Expense|RepairMaintenance
Maintenance and Repair:Equipment Repairs|Expense|RepairMaintenance
Meals and Entertainment|Expense|EntertainmentMeals|13
Office Expenses|Expense|OfficeGeneralAdministrativeExpenses|15
Promotional|Expense|AdvertisingPromotional|16
Rent or Lease|Expense|RentOrLeaseOfBuildings|17
Stationery & Printing|Expense|OfficeGeneralAdministrativeExpenses|19
Supplies|Expense|SuppliesMaterials|20
Taxes & Licenses|Expense|TaxesPaid|21
Travel|Expense|Travel|22
Travel Meals|Expense|TravelMeals|23
Utilities|Expense|Utilities|24
Utilities:Gas and Electric|Expense|Utilities
Utilities:Telephone|Expense|Utilities
Depreciation|Other Expense|Depreciation|40
Miscellaneous|Other Expense|OtherMiscellaneousExpense
Penalties & Settlements|Other Expense|PenaltiesSettlements
"""
TERMS = (("Due on receipt", 0), ("Net 10", 10), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
METHODS = (
    ("Cash", "NON_CREDIT_CARD"),
    ("Check", "NON_CREDIT_CARD"),
    ("Visa", "CREDIT_CARD"),
    ("MasterCard", "CREDIT_CARD"),
    ("Discover", "CREDIT_CARD"),
    ("American Express", "CREDIT_CARD"),
    ("Diners Club", "CREDIT_CARD"),
)


def accounts(table: str, tax_account: str) -> list[tuple[str, str, str, str]]:
    """The rows of a chart: full name, type, subtype, id or nothing."""
    rows = []
    for line in table.format(tax=tax_account).strip().splitlines():
        name, kind, subtype, id_ = (*line.split("|"), "")[:4]
        rows.append((name, kind, subtype, id_))
    return rows
