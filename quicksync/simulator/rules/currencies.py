"""Which currencies there are."""

from __future__ import annotations

import re

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.errors import ApiError

# ISO 4217, but for metals, funds and test codes.
_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR
PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC
SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER
ZAR ZMW
"""
_KNOWN = frozenset(_CODES.split())


def check_currency(book: Book, code: str, element: str) -> None:
    """Refuse what is no currency (2220)."""
    known = code in _KNOWN or book.switches.unknown_currency == "accept"
    if not known or not re.fullmatch("[A-Z]{3}", code):
        raise ApiError(2220, f"Invalid Currency Type : {code}", element=element)
