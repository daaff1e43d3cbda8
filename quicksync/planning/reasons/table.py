"""The closed table of reasons: code, how serious, what is the matter, why, what to do, and where
that is done.
"""

from __future__ import annotations

from quicksync.planning.reasons.row import Place, Row, Severity
from quicksync.planning.reasons.sending import SENDING

__all__ = ["ROWS", "Place", "Row", "Severity"]

_INFO, _WARNING, _ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

_SCOPE = (
    Row(
        "category-off",
        _INFO,
        "The category {plural} is switched off.",
        "Nothing of a category that is off is carried over.",
        "Switch the category on if these records shall be kept in step.",
        Place.CATEGORY,
    ),
    Row(
        "not-in-direction",
        _INFO,
        "Changes of {plural} are not carried over to {side}.",
        "The category's direction is set the other way.",
        "Choose another direction, or send or get this one record from its own page.",
        Place.CATEGORY,
    ),
    Row(
        "before-start-date",
        _INFO,
        "It lies before the start date, {start}.",
        "Only {plural} from the start date on are carried over.",
        "Import older records by date window, or send or get this one record from its own page.",
        Place.CATEGORY,
    ),
    Row(
        "not-in-bookmark",
        _INFO,
        "It is not in the category's bookmark.",
        "Only {plural} that the bookmark's filter finds are carried over.",
        "Change the record so that the filter finds it, or choose another bookmark.",
        Place.CATEGORY,
    ),
    Row(
        "no-model",
        _INFO,
        "This site takes no {plural} like {label}.",
        "None of the site's own tables for {plural} accepts this record.",
        "Nothing needs to be done. Whoever looks after this site decides which records it takes.",
    ),
    Row(
        "skipped-by-user",
        _INFO,
        "{label} is skipped.",
        "Somebody chose to leave it out; the record's history says who and when.",
        "Add it back if it shall be kept in step.",
        Place.SKIPPED,
    ),
    Row(
        "inactive-not-imported",
        _INFO,
        "{label} is inactive.",
        "The category takes over active {plural} only.",
        "Make it active, or let the category take inactive records too.",
        Place.CATEGORY,
    ),
    Row(
        "voided-not-taken",
        _INFO,
        "{label} is voided and was never carried over.",
        "A voided document says nothing that the other side needs.",
        "Nothing needs to be done.",
    ),
    Row(
        "zero-total",
        _INFO,
        "{label} comes to zero.",
        "The category leaves out documents with a total of zero.",
        "Let the category send zero totals, or correct the document.",
        Place.CATEGORY,
    ),
    Row(
        "no-partner",
        _INFO,
        "{label} has no partner to act on in {side}.",
        "The record was asked for from the side that does not have it.",
        "Use the other button, or wait until the record exists on both sides.",
        Place.RECORD,
    ),
    Row(
        "deletion-not-followed",
        _INFO,
        "{label} was deleted here; the record in QuickBooks stays.",
        "The category does not carry deletions over to QuickBooks.",
        "Delete or void it in QuickBooks if it is not wanted there either.",
        Place.QUICKBOOKS,
    ),
    Row(
        "no-way-to-remove",
        _INFO,
        "{label} is not wanted here any more; the record in QuickBooks stays.",
        "QuickBooks has no way to void {plural} or to make them inactive.",
        "Delete it in QuickBooks if it is not wanted there either.",
        Place.QUICKBOOKS,
    ),
    Row(
        "void-not-followed",
        _INFO,
        "{label} was voided here; the document in QuickBooks stays.",
        "The category does not carry voids over to QuickBooks.",
        "Void it in QuickBooks if it is not wanted there either.",
        Place.QUICKBOOKS,
    ),
    Row(
        "deletion-followed-there",
        _INFO,
        "{label} is gone here, and void or inactive in QuickBooks.",
        "The deletion was carried over to QuickBooks, as the category says.",
        "Nothing to do.",
    ),
    Row(
        "deletion-followed-here",
        _INFO,
        "{label} is gone in QuickBooks, and void or inactive here.",
        "The deletion was carried over from QuickBooks, as the category says.",
        "Nothing to do.",
    ),
    Row(
        "gone-on-one-side",
        _ERROR,
        "{label} is gone on one side and still counts on the other.",
        "It was deleted on one side, and what is left was changed since.",
        "Void or delete the one that is left, or enter the record again on the other side.",
        Place.RECORD,
    ),
)

_MATCHING = (
    Row(
        "near-match",
        _ERROR,
        "{label} looks like {others}.",
        "The names are nearly the same, or the e-mail address is, and nothing is created while they"
        " may be one record.",
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
        "{label} stands here {count} times.",
        "Records with the same identification would become duplicates, or be refused, in"
        " QuickBooks.",
        "Rename or merge them here, or skip all but one.",
        Place.RECORD,
    ),
    Row(
        "duplicate-there",
        _ERROR,
        "{label} stands in QuickBooks {count} times.",
        "Records with the same identification would become duplicates here.",
        "Rename or merge them in QuickBooks, or skip all but one.",
        Place.QUICKBOOKS,
    ),
    Row(
        "match-skipped",
        _ERROR,
        "{label} has the same identification as {others}, which somebody skipped.",
        "To create a second record of that identification would make a duplicate.",
        "Add the skipped record back so that the two are paired, or rename one of them.",
        Place.SKIPPED,
    ),
)

_BOTH_SIDES = (
    Row(
        "conflict",
        _ERROR,
        "{label} says different things on both sides: {fields}.",
        "Both sides were changed, or they differed when they were first compared, and the settings"
        " say to ask.",
        "Choose for each field which side is right.",
        Place.CONFLICT,
    ),
    Row(
        "deleted-elsewhere",
        _ERROR,
        "{label} was deleted or voided on one side and changed on the other.",
        "Either act would undo the other.",
        "Choose whether the record is deleted on both sides or kept on both.",
        Place.CONFLICT,
    ),
    Row(
        "drift-changed",
        _WARNING,
        "{label} was changed in QuickBooks: {fields}.",
        "The settings say that it is edited here only, or that QuickBooks' changes are not taken"
        " over.",
        "Take the change over, overwrite it, or leave it as it is.",
        Place.CONFLICT,
    ),
    Row(
        "drift-voided",
        _WARNING,
        "{label} was voided in QuickBooks.",
        "The settings say that voids there are not carried over by themselves.",
        "Void it here too, or skip it.",
        Place.CONFLICT,
    ),
    Row(
        "drift-deleted",
        _WARNING,
        "{label} was deleted in QuickBooks.",
        "The settings say that deletions there are not carried over by themselves; nothing deleted"
        " is created again.",
        "Delete it here too, skip it, or send it again as a new record.",
        Place.CONFLICT,
    ),
    Row(
        "read-only-here",
        _ERROR,
        "{label} was changed here, where it is not to be edited. {fields}",
        "After the first sync this category is edited in QuickBooks only.",
        "Take QuickBooks' values back, or let this one change go to QuickBooks.",
        Place.CONFLICT,
    ),
    Row(
        "voided-before",
        _ERROR,
        "{label} was voided on both sides and is not voided any more on one.",
        "A void cannot be taken back on the other side.",
        "Make a new document instead, or void it again.",
        Place.RECORD,
    ),
)

_REFERENCES = (
    Row(
        "reference-not-synced",
        _ERROR,
        "{label} names {other}, which is not on the other side.",
        "That record is held, skipped or out of scope itself: {because}",
        "Mend or add back {other}; this record follows by itself.",
        Place.RECORD,
    ),
    Row(
        "reference-cycle",
        _ERROR,
        "{label} stands above itself through {other}.",
        "Each of these records names another one as the one above it, in a circle.",
        "Take one of them out of the circle.",
        Place.RECORD,
    ),
    Row(
        "inactive-reference",
        _ERROR,
        "{field}: {other} is inactive in QuickBooks.",
        "QuickBooks takes no documents that name an inactive record.",
        "Make it active again in QuickBooks, or choose another one here.",
        Place.QUICKBOOKS,
    ),
    Row(
        "missing-reference",
        _ERROR,
        "{field}: {other} is deleted or voided.",
        "A record cannot name another one that the other side does not have, or has voided.",
        "Choose another one, or send the deleted record again.",
        Place.RECORD,
    ),
    Row(
        "tax-code-unmapped",
        _ERROR,
        "The tax code {other} has no partner in QuickBooks.",
        "No code mapping says which tax code of QuickBooks it is.",
        "Choose its partner; the record then goes on by itself.",
        Place.CODES,
    ),
    Row(
        "entry-unmapped",
        _ERROR,
        "{field}: the {what} {other} of QuickBooks has no partner here.",
        "None of this side's codes is known to mean this entry of QuickBooks.",
        "Choose it as the partner of one of your codes, or keep the list in step so that it comes"
        " here too; the record then goes on by itself.",
        Place.CODES,
    ),
    Row(
        "tax-code-outdated",
        _ERROR,
        "The tax code {other} has another rate in QuickBooks now.",
        "The rate there was changed since the code was mapped, so totals would differ.",
        "Update the rate here, or choose another partner.",
        Place.CODES,
    ),
    Row(
        "account-unmapped",
        _ERROR,
        "The account {other} has no partner in QuickBooks.",
        "Neither a code mapping nor a default says which account of QuickBooks it is.",
        "Choose its partner, or a default account on the connection.",
        Place.CODES,
    ),
    Row(
        "method-unmapped",
        _ERROR,
        "The payment method {other} has no partner in QuickBooks.",
        "No code mapping says which payment method of QuickBooks it is.",
        "Choose its partner; the record then goes on by itself.",
        Place.CODES,
    ),
    Row(
        "term-unmapped",
        _ERROR,
        "The payment terms {other} have no partner in QuickBooks.",
        "No code mapping says which terms of QuickBooks they are.",
        "Choose their partner; the record then goes on by itself.",
        Place.CODES,
    ),
    Row(
        "class-unmapped",
        _ERROR,
        "The class {other} has no partner in QuickBooks.",
        "No code mapping says which class of QuickBooks it is.",
        "Choose its partner; the record then goes on by itself.",
        Place.CODES,
    ),
    Row(
        "location-unmapped",
        _ERROR,
        "The location {other} has no partner in QuickBooks.",
        "No code mapping says which location of QuickBooks it is.",
        "Choose its partner; the record then goes on by itself.",
        Place.CODES,
    ),
)

_CONTENT = (
    Row(
        "required-empty",
        _ERROR,
        "{field} is empty.",
        "QuickBooks does not take {plural} without it.",
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
        "{field} has {length} characters; QuickBooks takes {limit}.",
        "The text is longer than its field in QuickBooks.",
        "Shorten it, or leave the field alone in the category's field rules.",
        Place.RECORD,
    ),
    Row(
        "bad-characters",
        _ERROR,
        "{field} contains {characters}, which QuickBooks does not take there.",
        "QuickBooks uses these characters for itself.",
        "Write it without them.",
        Place.RECORD,
    ),
    Row(
        "name-taken",
        _ERROR,
        "The name {name} is taken in QuickBooks by {other}.",
        "A name may stand once among customers, vendors and employees, inactive ones too, and once"
        " among products.",
        "Rename one of them, or pair this record with that one.",
        Place.MATCH,
    ),
    Row(
        "number-taken",
        _ERROR,
        "The number {number} is taken in QuickBooks by another {singular}.",
        "QuickBooks refuses a number that stands twice, or keeps two documents that nobody can tell"
        " apart.",
        "Give one of them another number, or pair this record with that one.",
        Place.RECORD,
    ),
    Row(
        "name-shortened",
        _WARNING,
        "QuickBooks will show the name as {name}.",
        "It is longer than QuickBooks takes, or has a colon, tab or line end, which QuickBooks"
        " keeps for itself.",
        "Nothing needs to be done; choose another name if you like that better.",
        Place.RECORD,
    ),
    Row(
        "currency-mismatch",
        _ERROR,
        "{label} is in {currency}; {expected} is expected.",
        "The company does not use this currency, or the record it belongs to is kept in another.",
        "Correct the currency, or switch it on in QuickBooks.",
        Place.RECORD,
    ),
    Row(
        "currency-fixed",
        _ERROR,
        "The currency cannot become {new}: QuickBooks keeps {old} for ever.",
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
        "receivable-account-on-line",
        _ERROR,
        "{field}: {other} is a receivable or payable account.",
        "QuickBooks posts to these accounts by itself and does not take them here.",
        "Choose an income, expense or bank account.",
        Place.CODES,
    ),
    Row(
        "several-tax-codes",
        _ERROR,
        "{label} has lines with several tax codes: {others}.",
        "In this company a document has one rate of sales tax, and each line is taxed or not.",
        "Use one tax code on the document, or write two documents.",
        Place.RECORD,
    ),
    Row(
        "over-allocated",
        _ERROR,
        "{label} pays {allocated}, more than its amount of {total}.",
        "The parts that go to documents come to more than the payment.",
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
        "QuickBooks takes no changes in a closed period.",
        "Date it later, skip it, or open the period in QuickBooks.",
        Place.RECORD,
    ),
    Row(
        "paid-document",
        _ERROR,
        "{label} has payments in QuickBooks.",
        "A document with money applied is not voided or deleted, nor changed where the category"
        " says so.",
        "Take the payments off it in QuickBooks first, or make a credit note.",
        Place.QUICKBOOKS,
    ),
    Row(
        "deposited",
        _ERROR,
        "{label} is part of a deposit in QuickBooks.",
        "QuickBooks does not change a payment that has been deposited.",
        "Take it out of the deposit in QuickBooks first.",
        Place.QUICKBOOKS,
    ),
    Row(
        "unsafe-plan",
        _ERROR,
        "{changed} of {pairs} {plural} would be changed and {deleted} deleted or voided.",
        "So large a change is seldom meant; a wrong setting or a restored backup looks like this.",
        "Look at the plan, and approve it expressly if it is meant.",
        Place.RUN,
    ),
)

ROWS: dict[str, Row] = {
    row.code: row
    for part in (_SCOPE, _MATCHING, _BOTH_SIDES, _REFERENCES, _CONTENT, _BOOKS, SENDING)
    for row in part
}
