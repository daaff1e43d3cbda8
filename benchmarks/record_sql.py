"""The record of number `m` in SQL: what it is, whose, how it is called and how it stands."""

from __future__ import annotations

KIND = """CASE WHEN (m - 1) % 20 < 4 THEN 'customer' WHEN (m - 1) % 20 < 14 THEN 'invoice'
 WHEN (m - 1) % 20 < 18 THEN 'payment' WHEN (m - 1) % 20 = 18 THEN 'item' ELSE 'vendor' END"""
COMPANY = "CASE WHEN (m - 1) % 1000 < 900 THEN 1 ELSE 2 + (m / 1000) % 9 END"
FAMILY = (
    "(ARRAY['Meyer','Okafor','Lindqvist','Tanaka','Moreau','Novak','Silva','Haddad'])[1 + m % 8]"
)
TRADE = "(ARRAY['Bakery','Logistics','Joinery','Dental','Gardens','Foods'])[1 + m % 6]"
PERSON = f"{FAMILY} || ' ' || {TRADE} || ' ' || m"
NUMBER = "to_char(m, 'FM00000000')"
LABEL = f"""CASE {KIND} WHEN 'invoice' THEN 'INV-' || {NUMBER}
 WHEN 'payment' THEN 'CHQ-' || {NUMBER} ELSE {PERSON} END"""
AMOUNT = "(m::bigint * 7919 % 1000000) / 100.0"
DAY = "date '2025-12-01' - (m % 900)"
# Three in a hundred want somebody, and a fifth are of before the start date.
STATE = """CASE WHEN m % 100 < 77 THEN 'in_sync' WHEN m % 100 < 97 THEN 'outside'
 WHEN m % 100 = 97 THEN 'held' WHEN m % 100 = 98 THEN 'excluded'
 ELSE (ARRAY['failed','conflict','drifted','pending','unknown'])[1 + m / 100 % 5] END"""
REASON = f"CASE WHEN {STATE} IN ('in_sync', 'outside') THEN '' ELSE 'tax-code-unmapped' END"
REMOTE_TYPE = f"""CASE {KIND} WHEN 'customer' THEN 'Customer' WHEN 'invoice' THEN 'Invoice'
 WHEN 'payment' THEN 'Payment' WHEN 'item' THEN 'Item' ELSE 'Vendor' END"""
MODEL = f"""CASE {KIND} WHEN 'customer' THEN 'books.client' WHEN 'invoice' THEN 'books.invoice'
 WHEN 'payment' THEN 'books.receipt' WHEN 'item' THEN 'books.product' ELSE 'books.vendor' END"""
