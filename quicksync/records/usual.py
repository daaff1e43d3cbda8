"""Names under which hosts mostly keep what several kinds have."""

from __future__ import annotations

from collections.abc import Mapping

ACTIVE = ("active", "is_active", "enabled")
EMAIL = ("email", "email_address")
METHOD = ("payment_method", "method")
NOTES = ("notes", "note", "comments", "comment")
TERM = ("term", "terms", "payment_terms")
VOIDED = ("voided", "is_void")
NAMED = ("name", "title")

# What people and firms are called, and how they are reached.
PEOPLE: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "display_name", "title"),
    "company": ("company", "company_name", "organisation"),
    "given_name": ("given_name", "first_name"),
    "family_name": ("family_name", "last_name"),
    "phone": ("phone", "phone_number", "telephone"),
    "alternate_phone": ("alternate_phone", "other_phone", "second_phone"),
    "mobile": ("mobile", "mobile_phone"),
    "fax": ("fax", "fax_number"),
    "website": ("website", "url"),
}
