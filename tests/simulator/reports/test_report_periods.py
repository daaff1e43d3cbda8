"""What the named ranges of dates mean."""

from __future__ import annotations

from datetime import date

import pytest

from quicksync.simulator.accounting.clock import Clock
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.store import Store
from quicksync.simulator.company.company import Company
from quicksync.simulator.planting.seeding import Spec, plant
from quicksync.simulator.reports import report as draw

# On Wednesday 2027-05-19, in a company whose fiscal year begins in April.
MACROS = {
    "Today": "2027-05-19 2027-05-19",
    "Yesterday": "2027-05-18 2027-05-18",
    "This Week": "2027-05-16 2027-05-22",
    "Last Week": "2027-05-09 2027-05-15",
    "This Week-to-date": "2027-05-16 2027-05-19",
    "Last Week-to-date": "2027-05-09 2027-05-12",
    "Next Week": "2027-05-23 2027-05-29",
    "Next 4 Weeks": "2027-05-23 2027-06-19",
    "This Month": "2027-05-01 2027-05-31",
    "Last Month": "2027-04-01 2027-04-30",
    "This Month-to-date": "2027-05-01 2027-05-19",
    "Last Month-to-date": "2027-04-01 2027-04-19",
    "Next Month": "2027-06-01 2027-06-30",
    "This Fiscal Quarter": "2027-04-01 2027-06-30",
    "Last Fiscal Quarter": "2027-01-01 2027-03-31",
    "This Fiscal Quarter-to-date": "2027-04-01 2027-05-19",
    "Last Fiscal Quarter-to-date": "2027-01-01 2027-02-19",
    "Next Fiscal Quarter": "2027-07-01 2027-09-30",
    "This Fiscal Year": "2027-04-01 2028-03-31",
    "Last Fiscal Year": "2026-04-01 2027-03-31",
    "This Fiscal Year-to-date": "2027-04-01 2027-05-19",
    "Last Fiscal Year-to-date": "2026-04-01 2026-05-19",
    "Next Fiscal Year": "2028-04-01 2029-03-31",
    "This Calendar Quarter": "2027-04-01 2027-06-30",
    "Last Calendar Quarter": "2027-01-01 2027-03-31",
    "This Calendar Quarter-to-date": "2027-04-01 2027-05-19",
    "Last Calendar Quarter-to-date": "2027-01-01 2027-02-19",
    "Next Calendar Quarter": "2027-07-01 2027-09-30",
    "This Calendar Year": "2027-01-01 2027-12-31",
    "Last Calendar Year": "2026-01-01 2026-12-31",
    "This Calendar Year-to-date": "2027-01-01 2027-05-19",
    "Last Calendar Year-to-date": "2026-01-01 2026-05-19",
    "Next Calendar Year": "2028-01-01 2028-12-31",
}


class Day(Clock):
    """A clock that stands."""

    def __init__(self, day):
        super().__init__()
        self.day = day

    def today(self):
        return self.day


def empty_company(day, **preferences):
    company = Company(Store(), Day(day), "1")
    plant(company, Spec(company="empty", preferences=preferences))
    return company.book


@pytest.fixture(scope="module")
def wednesday():
    return empty_company(date(2027, 5, 19), AccountingInfoPrefs={"FirstMonthOfFiscalYear": "April"})


@pytest.mark.parametrize("macro", MACROS)
def test_every_documented_range_is_known(wednesday, macro):
    """fidelity 2: 14 of the documented values of date_macro were refused."""
    header = draw(wednesday, "TransactionList", {"date_macro": macro})["Header"]
    assert f"{header['StartPeriod']} {header['EndPeriod']}" == MACROS[macro]
    assert header["DateMacro"] == macro.lower()


@pytest.mark.parametrize("macro", ["Next Month-to-date", "This Decade", "Next 5 Weeks", "Week"])
def test_other_ranges_are_refused(wednesday, macro):
    with pytest.raises(ApiError) as refused:
        draw(wednesday, "TransactionList", {"date_macro": macro})
    assert refused.value.code == 2170


def test_the_month_before_may_be_shorter():
    """The 31st of March is the end of February the month before."""
    book = empty_company(date(2027, 3, 31))
    header = draw(book, "TransactionList", {"date_macro": "Last Month-to-date"})["Header"]
    assert (header["StartPeriod"], header["EndPeriod"]) == ("2027-02-01", "2027-02-28")


def test_a_fiscal_year_that_is_the_calendar_year_is_called_that():
    """Documented answer of 2016 to date_macro=Last Fiscal Year: "last calendar year"."""
    book = empty_company(date(2027, 3, 31))
    header = draw(book, "AgedReceivables", {"date_macro": "Last Fiscal Year"})["Header"]
    assert (header["DateMacro"], header["StartPeriod"]) == ("last calendar year", "2026-01-01")
