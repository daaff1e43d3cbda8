"""The types of accounts, and what each is to the books."""

from __future__ import annotations

# type: (classification, default subtype)
TYPES = {
    "Bank": ("Asset", "CashOnHand"),
    "Accounts Receivable": ("Asset", "AccountsReceivable"),
    "Other Current Asset": ("Asset", "OtherCurrentAssets"),
    "Fixed Asset": ("Asset", "OtherFixedAssets"),
    "Other Asset": ("Asset", "OtherLongTermAssets"),
    "Accounts Payable": ("Liability", "AccountsPayable"),
    "Credit Card": ("Liability", "CreditCard"),
    "Other Current Liability": ("Liability", "OtherCurrentLiabilities"),
    "Long Term Liability": ("Liability", "OtherLongTermLiabilities"),
    "Equity": ("Equity", "OpeningBalanceEquity"),
    "Income": ("Revenue", "SalesOfProductIncome"),
    "Other Income": ("Revenue", "OtherMiscellaneousIncome"),
    "Cost of Goods Sold": ("Expense", "SuppliesMaterialsCogs"),
    "Expense": ("Expense", "OtherMiscellaneousServiceCost"),
    "Other Expense": ("Expense", "OtherMiscellaneousExpense"),
}


# Subtypes that tell the type when only they are sent.
_OF_SUBTYPE = {
    "Checking": "Bank",
    "Savings": "Bank",
    "CashOnHand": "Bank",
    "MoneyMarket": "Bank",
    "TrustAccounts": "Bank",
    "RentsHeldInTrust": "Bank",
    "AccountsReceivable": "Accounts Receivable",
    "UndepositedFunds": "Other Current Asset",
    "Inventory": "Other Current Asset",
    "PrepaidExpenses": "Other Current Asset",
    "EmployeeCashAdvances": "Other Current Asset",
    "OtherCurrentAssets": "Other Current Asset",
    "Vehicles": "Fixed Asset",
    "MachineryAndEquipment": "Fixed Asset",
    "Buildings": "Fixed Asset",
    "AccumulatedDepreciation": "Fixed Asset",
    "FurnitureAndFixtures": "Fixed Asset",
    "Land": "Fixed Asset",
    "SecurityDeposits": "Other Asset",
    "Licenses": "Other Asset",
    "AccountsPayable": "Accounts Payable",
    "CreditCard": "Credit Card",
    "GlobalTaxPayable": "Other Current Liability",
    "LoanPayable": "Other Current Liability",
    "PayrollTaxPayable": "Other Current Liability",
    "OtherCurrentLiabilities": "Other Current Liability",
    "NotesPayable": "Long Term Liability",
    "OtherLongTermLiabilities": "Long Term Liability",
    "OpeningBalanceEquity": "Equity",
    "RetainedEarnings": "Equity",
    "OwnersEquity": "Equity",
    "CommonStock": "Equity",
    "SalesOfProductIncome": "Income",
    "ServiceFeeIncome": "Income",
    "DiscountsRefundsGiven": "Income",
    "OtherPrimaryIncome": "Income",
    "NonProfitIncome": "Income",
    "UnappliedCashPaymentIncome": "Income",
    "InterestEarned": "Other Income",
    "OtherMiscellaneousIncome": "Other Income",
    "DividendIncome": "Other Income",
    "SuppliesMaterialsCogs": "Cost of Goods Sold",
    "CostOfLaborCos": "Cost of Goods Sold",
    "EquipmentRentalCos": "Cost of Goods Sold",
    "ShippingFreightDeliveryCos": "Cost of Goods Sold",
    "AdvertisingPromotional": "Expense",
    "Auto": "Expense",
    "BankCharges": "Expense",
    "Insurance": "Expense",
    "EntertainmentMeals": "Expense",
    "EquipmentRental": "Expense",
    "LegalProfessionalFees": "Expense",
    "OfficeGeneralAdministrativeExpenses": "Expense",
    "RentOrLeaseOfBuildings": "Expense",
    "RepairMaintenance": "Expense",
    "SuppliesMaterials": "Expense",
    "TaxesPaid": "Expense",
    "Travel": "Expense",
    "TravelMeals": "Expense",
    "Utilities": "Expense",
    "OtherMiscellaneousServiceCost": "Expense",
    "CostOfLabor": "Expense",
    "DuesSubscriptions": "Expense",
    "PayrollExpenses": "Expense",
    "Depreciation": "Other Expense",
    "ExchangeGainOrLoss": "Other Expense",
    "PenaltiesSettlements": "Other Expense",
    "OtherMiscellaneousExpense": "Other Expense",
}


_BALANCE_SHEET = frozenset(("Asset", "Liability", "Equity"))


def is_balance_sheet(account: dict[str, object]) -> bool:
    """Whether an account carries a balance; income and expense accounts report none."""
    return account.get("Classification") in _BALANCE_SHEET
