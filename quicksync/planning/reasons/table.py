"""The closed table of reasons: code, how serious, what is the matter, why, what to do, and where
that is done.
"""

from __future__ import annotations

from quicksync.planning.reasons.reason_row import Place, Row, Severity
from quicksync.planning.reasons.sending import SENDING
from quicksync.records import KINDS, KindInfo
from quicksync.records.roles import ACCOUNTS

__all__ = ["ROWS", "Place", "Row", "Severity"]

_INFO, _WARNING, _ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

_SCOPE = (
    Row(
        "category-off",
        _INFO,
        "Syncing of {plural} is switched off.",
        "Nothing is synced while the category is off.",
        "Switch the category on if you want to keep these records in sync.",
        Place.CATEGORY,
    ),
    Row(
        "not-in-direction",
        _INFO,
        "Changes to {plural} are not sent to {side}.",
        "The category's direction is set the other way.",
        "Choose another direction, or send or get this one record from its own page.",
        Place.CATEGORY,
    ),
    Row(
        "before-start-date",
        _INFO,
        "It is older than the start date, {start}.",
        "Only {plural} from the start date on are synced.",
        "Import older records by date, or send or get this one record from its own page.",
        Place.CATEGORY,
    ),
    Row(
        "not-in-bookmark",
        _INFO,
        "It is not in the category's bookmark.",
        "Only {plural} that match the bookmark's filter are synced.",
        "Change the record so that it matches the filter, or choose another bookmark.",
        Place.CATEGORY,
    ),
    Row(
        "no-model",
        _INFO,
        "This site has no place for {plural} like {label}.",
        "None of the site's own tables for {plural} accepts this record.",
        "You do not need to do anything. The person who looks after this site decides which"
        " records it takes.",
    ),
    Row(
        "skipped-by-user",
        _INFO,
        "{label} is skipped.",
        "Somebody chose to leave it out; the record's history says who and when.",
        "Add it back if you want to keep it in sync.",
        Place.SKIPPED,
    ),
    Row(
        "inactive-not-imported",
        _INFO,
        "{label} is inactive.",
        "The category takes active {plural} only.",
        "Make it active, or let the category take inactive records too.",
        Place.CATEGORY,
    ),
    Row(
        "below-another",
        _INFO,
        "{label} stands below another customer.",
        "The category leaves such customers out.",
        "Let the category take them like other customers.",
        Place.CATEGORY,
    ),
    Row(
        "voided-not-taken",
        _INFO,
        "{label} is void and was never synced.",
        "The other side does not need a document that is already void.",
        "You do not need to do anything.",
    ),
    Row(
        "zero-total",
        _INFO,
        "{label} has a total of zero.",
        "The category leaves out documents with a total of zero.",
        "Let the category include zero totals, or correct the document.",
        Place.CATEGORY,
    ),
    Row(
        "no-partner",
        _INFO,
        "{label} does not exist in {side}.",
        "The record was requested from the side that does not have it.",
        "Use the other button, or wait until the record exists on both sides.",
        Place.RECORD,
    ),
    Row(
        "deletion-not-followed",
        _INFO,
        "{label} was deleted here; the record in QuickBooks stays.",
        "The category does not carry deletions over to QuickBooks.",
        "Delete or void it in QuickBooks if you do not want it there either.",
        Place.QUICKBOOKS,
    ),
    Row(
        "no-way-to-remove",
        _INFO,
        "{label} is no longer wanted here; the record in QuickBooks stays.",
        "QuickBooks cannot void {plural} or make them inactive.",
        "Delete it in QuickBooks if you do not want it there either.",
        Place.QUICKBOOKS,
    ),
    Row(
        "void-not-followed",
        _INFO,
        "{label} was voided here; the document in QuickBooks stays.",
        "The category does not carry voids over to QuickBooks.",
        "Void it in QuickBooks if you do not want it there either.",
        Place.QUICKBOOKS,
    ),
    Row(
        "deletion-followed-there",
        _INFO,
        "{label} was deleted here, and is void or inactive in QuickBooks.",
        "The deletion was carried over to QuickBooks, as the category's settings say.",
        "You do not need to do anything.",
    ),
    Row(
        "deletion-followed-here",
        _INFO,
        "{label} was deleted in QuickBooks, and is void or inactive here.",
        "The deletion was carried over from QuickBooks, as the category's settings say.",
        "You do not need to do anything.",
    ),
    Row(
        "gone-on-one-side",
        _ERROR,
        "{label} was deleted on one side and still counts on the other.",
        "The record that is left was changed after the other one was deleted.",
        "Void or delete the one that is left, or enter the record again on the other side.",
        Place.RECORD,
    ),
)

_MATCHING = (
    Row(
        "near-match",
        _ERROR,
        "{label} looks like {others}.",
        "The names are nearly the same, or the e-mail address is. Nothing is created while"
        " they may be the same record.",
        "Say whether they are the same record.",
        Place.MATCH,
    ),
    Row(
        "ambiguous-match",
        _ERROR,
        "{label} could be any of these: {others}.",
        "Several records on the other side have the same name, number or details.",
        "Say which one it is, or that it is none of them.",
        Place.MATCH,
    ),
    Row(
        "duplicate-here",
        _ERROR,
        "{label} appears {count} times here.",
        "Records with the same name or number would become duplicates in QuickBooks, or"
        " QuickBooks would refuse them.",
        "Rename or merge them here, or skip all but one.",
        Place.RECORD,
    ),
    Row(
        "duplicate-there",
        _ERROR,
        "{label} appears {count} times in QuickBooks.",
        "Records with the same name or number would become duplicates here.",
        "Rename or merge them in QuickBooks, or skip all but one.",
        Place.QUICKBOOKS,
    ),
    Row(
        "match-skipped",
        _ERROR,
        "{label} has the same name or number as {others}, which somebody skipped.",
        "Creating a second record with it would make a duplicate.",
        "Add the skipped record back so that the two are paired, or rename one of them.",
        Place.SKIPPED,
    ),
)

_BOTH_SIDES = (
    Row(
        "conflict",
        _ERROR,
        "{label} differs between the two sides: {fields}.",
        "It was changed on both sides, or it differed when the two were first compared, and"
        " the settings say to ask.",
        "Choose for each field which side is right.",
        Place.CONFLICT,
    ),
    Row(
        "deleted-elsewhere",
        _ERROR,
        "{label} was deleted or voided on one side and changed on the other.",
        "Either change would undo the other.",
        "Choose whether to delete the record on both sides or keep it on both.",
        Place.CONFLICT,
    ),
    Row(
        "drift-changed",
        _WARNING,
        "{label} was changed in QuickBooks: {fields}.",
        "The settings say that it is edited here only, or that changes in QuickBooks are"
        " not taken over.",
        "Take the change, overwrite it, or leave it as it is.",
        Place.CONFLICT,
    ),
    Row(
        "drift-voided",
        _WARNING,
        "{label} was voided in QuickBooks.",
        "The settings say that voids in QuickBooks are not carried over automatically.",
        "Void it here too, or skip it.",
        Place.CONFLICT,
    ),
    Row(
        "drift-deleted",
        _WARNING,
        "{label} was deleted in QuickBooks.",
        "The settings say that deletions in QuickBooks are not carried over automatically,"
        " and nothing that was deleted is created again.",
        "Delete it here too, skip it, or send it again as a new record.",
        Place.CONFLICT,
    ),
    Row(
        "read-only-here",
        _ERROR,
        "{label} was changed here, where it should not be edited. {fields}",
        "After the first sync this category is edited in QuickBooks only.",
        "Go back to QuickBooks' values, or send this one change to QuickBooks.",
        Place.CONFLICT,
    ),
    Row(
        "voided-before",
        _ERROR,
        "{label} was voided on both sides, and one side is no longer void.",
        "A void cannot be undone on the other side.",
        "Make a new document instead, or void it again.",
        Place.RECORD,
    ),
)

_REFERENCES = (
    Row(
        "reference-not-synced",
        _ERROR,
        "{label} refers to {other}, which is not on the other side.",
        "That record is held, skipped or not included: {because}",
        "Fix {other} or add it back first; this record then syncs on its own.",
        Place.RECORD,
    ),
    Row(
        "reference-cycle",
        _ERROR,
        "{label} is its own ancestor, through {other}.",
        "Each of these records names another one as its parent, in a circle.",
        "Give one of them another parent, or none.",
        Place.RECORD,
    ),
    Row(
        "inactive-reference",
        _ERROR,
        "{field}: {other} is inactive in QuickBooks.",
        "QuickBooks does not accept documents that refer to an inactive record.",
        "Make it active again in QuickBooks, or choose another one here.",
        Place.QUICKBOOKS,
    ),
    Row(
        "missing-reference",
        _ERROR,
        "{field}: {other} has been deleted or voided.",
        "A record cannot refer to one that the other side does not have, or has voided.",
        "Choose another one, or send the deleted record again.",
        Place.RECORD,
    ),
    Row(
        "entry-unmapped",
        _ERROR,
        "{field}: the QuickBooks {what} {other} is not mapped to one here.",
        "None of your codes is known to mean this entry of QuickBooks.",
        "Map it to one of your codes, or sync the list so that the entry comes here too;"
        " the record then syncs on its own.",
        Place.CODES,
    ),
    Row(
        "tax-code-outdated",
        _ERROR,
        "The tax code {other} now has a different rate in QuickBooks.",
        "The rate there has changed since the code was mapped, so totals would differ.",
        "Update the rate here, or map the code to another one.",
        Place.CODES,
    ),
)

_CONTENT = (
    Row(
        "required-empty",
        _ERROR,
        "{field} is empty.",
        "QuickBooks does not accept {plural} without it.",
        "Fill it in.",
        Place.RECORD,
    ),
    Row(
        "rule-impossible",
        _ERROR,
        "A rule of the category cannot be followed: {message}",
        "The rule always sends a fixed value, and the field cannot have this one.",
        "Correct the rule, or remove it.",
        Place.CATEGORY,
    ),
    Row(
        "too-long",
        _ERROR,
        "{field} has {length} characters; QuickBooks allows {limit}.",
        "The text is longer than the field in QuickBooks.",
        "Shorten it, or add a field rule to the category that leaves the field alone.",
        Place.RECORD,
    ),
    Row(
        "bad-characters",
        _ERROR,
        "{field} contains {characters}, which QuickBooks does not allow there.",
        "QuickBooks reserves these characters.",
        "Remove them.",
        Place.RECORD,
    ),
    Row(
        "name-taken",
        _ERROR,
        "The name {name} is already used in QuickBooks by {other}.",
        "QuickBooks allows each name only once across customers, vendors and employees,"
        " including inactive ones, and once among products.",
        "Rename one of them. Of a customer, vendor or employee, the settings of the category can"
        " have the name sent with a suffix.",
        Place.MATCH,
    ),
    Row(
        "number-taken",
        _ERROR,
        "The number {number} is already used in QuickBooks by another {singular}.",
        "QuickBooks refuses the same number twice, or would keep two documents that nobody"
        " can tell apart.",
        "Give one of them another number, or pair this record with that one.",
        Place.RECORD,
    ),
    Row(
        "name-shortened",
        _WARNING,
        "QuickBooks will show the name as {name}.",
        "It is longer than QuickBooks allows, or has a colon, tab or line break, which"
        " QuickBooks reserves.",
        "You do not need to do anything; choose another name if you prefer.",
        Place.RECORD,
    ),
    Row(
        "name-suffixed",
        _WARNING,
        "QuickBooks will show the name as {name}; here it stays {plain}.",
        "A customer, vendor or employee there has the name already, and QuickBooks allows each"
        " name only once.",
        "You do not need to do anything. The suffix is a setting of the category.",
        Place.CATEGORY,
    ),
    Row(
        "currency-mismatch",
        _ERROR,
        "{label} is in {currency}; {expected} is expected.",
        "The company does not use this currency, or the record it belongs to is in another.",
        "Correct the currency, or switch it on in QuickBooks.",
        Place.RECORD,
    ),
    Row(
        "currency-fixed",
        _ERROR,
        "The currency cannot become {new}: QuickBooks keeps {old}.",
        "QuickBooks sets a record's currency when it is created and never changes it.",
        "Set it back, or make a new record in the other currency.",
        Place.RECORD,
    ),
    Row(
        "fixed-after-create",
        _ERROR,
        "{field} cannot become {new}: QuickBooks keeps {old}.",
        "QuickBooks sets this field when the record is created and never changes it.",
        "Set it back, or make a new record.",
        Place.RECORD,
    ),
    Row(
        "too-many-levels",
        _ERROR,
        "{label} lies below more others than QuickBooks allows.",
        "QuickBooks has four levels of product categories, and five of accounts, classes, locations"
        " and customers.",
        "Move it, or one of those above it, further up.",
        Place.RECORD,
    ),
    Row(
        "receivable-account-on-line",
        _ERROR,
        "{field}: {other} is a receivable or payable account.",
        "QuickBooks posts to these accounts itself and does not accept them here.",
        "Choose an income, expense or bank account.",
        Place.CODES,
    ),
    Row(
        "several-tax-codes",
        _ERROR,
        "{label} has lines with several tax codes: {others}.",
        "In this company a document has one sales tax rate, and each line is taxable or not.",
        "Use one tax code on the document, or split it into two.",
        Place.RECORD,
    ),
    Row(
        "tax-not-taken",
        _ERROR,
        "{label} states a tax of {tax}, and QuickBooks has no place for it on {plural}.",
        "In the United States, tax on what is bought is part of what it costs; in a company"
        " without tax no document has any. The total in QuickBooks would be lower than here.",
        "Put the tax into the amounts of the lines, or on a line of its own, and state no tax on"
        " the document.",
        Place.RECORD,
    ),
    Row(
        "billable-without-customer",
        _ERROR,
        "{label} has a line that is to be charged, and does not say to whom.",
        "QuickBooks takes a billable line only with a customer.",
        "Name the customer on the line, or do not mark it as billable.",
        Place.RECORD,
    ),
    Row(
        "over-allocated",
        _ERROR,
        "{label} pays {allocated}, more than its amount of {total}.",
        "The parts that go to documents add up to more than the payment.",
        "Correct the parts or the amount.",
        Place.RECORD,
    ),
    Row(
        "feature-off",
        _ERROR,
        "{field}: {feature} is switched off in QuickBooks.",
        "The company's plan or its settings do not include it.",
        "Switch it on in QuickBooks, or change the record.",
        Place.QUICKBOOKS,
    ),
)

_BOOKS = (
    Row(
        "closed-period",
        _ERROR,
        "{label} is dated {date}; the books are closed up to {closing}.",
        "QuickBooks accepts no changes in a closed period.",
        "Date it later, skip it, or open the period in QuickBooks.",
        Place.RECORD,
    ),
    Row(
        "paid-document",
        _ERROR,
        "{label} has payments in QuickBooks.",
        "A document with payments on it is not voided or deleted, nor changed where the"
        " category says so.",
        "Remove the payments from it in QuickBooks first, or make a credit note.",
        Place.QUICKBOOKS,
    ),
    Row(
        "deposited",
        _ERROR,
        "{label} is part of a deposit in QuickBooks.",
        "QuickBooks does not change what a deposit holds.",
        "Take it out of the deposit in QuickBooks first.",
        Place.QUICKBOOKS,
    ),
    Row(
        "invoiced",
        _ERROR,
        "{label} has been invoiced in QuickBooks.",
        "QuickBooks does not delete what an invoice was made of.",
        "Delete the invoice in QuickBooks first, or take the estimate out of it.",
        Place.QUICKBOOKS,
    ),
    Row(
        "unsafe-plan",
        _ERROR,
        "{changed} of {pairs} {plural} would be changed and {deleted} deleted or voided.",
        "Such a large change is rarely intended; a wrong setting or a restored backup looks"
        " like this.",
        "Review the plan, and approve it explicitly if it is intended.",
        Place.RUN,
    ),
)


def _unmapped(info: KindInfo) -> Row:
    """A code of a list of which nobody knows what it is in QuickBooks."""
    word = info.singular
    kept = info.record.kind == ACCOUNTS
    said = "Neither a code mapping nor a default account" if kept else "No code mapping"
    then = "or a default account on the connection" if kept else "the record then syncs on its own"
    sign = "," if kept else ";"
    return Row(
        info.unmapped,
        _ERROR,
        f"The {word} {{other}} is not mapped to one in QuickBooks.",
        f"{said} says which QuickBooks {word} it is.",
        f"Choose the {word}{sign} {then}.",
        Place.CODES,
    )


_CODES = tuple(_unmapped(info) for info in KINDS.values() if info.unmapped)

_PARTS = (_SCOPE, _MATCHING, _BOTH_SIDES, _REFERENCES, _CODES, _CONTENT, _BOOKS, SENDING)
ROWS: dict[str, Row] = {row.code: row for part in _PARTS for row in part}
