"""Reasons that come up while a run is at work: sending, landing, and what stops it."""

from __future__ import annotations

from quicksync.planning.reasons.row import Place, Row, Severity

_INFO, _WARNING, _ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

SENDING = (
    Row(
        "moved-since-preview",
        _WARNING,
        "{label} was changed after the preview.",
        "What was approved is not what would be sent now.",
        "Look at the new plan and approve it again.",
        Place.RUN,
    ),
    Row(
        "unreadable-plan",
        _WARNING,
        "What was to be done with {label} cannot be read here.",
        "A newer version of this program wrote it down.",
        "Nothing needs to be done: both sides are compared again.",
        Place.RUN,
    ),
    Row(
        "outcome-unknown",
        _WARNING,
        "QuickBooks did not answer, so it is not known whether {label} arrived.",
        "The connection broke after the record was sent.",
        "Nothing needs to be done: it is asked about by itself until QuickBooks answers, and looked"
        " for in its books.",
        Place.QUICKBOOKS,
    ),
    Row(
        "partner-taken",
        _ERROR,
        "{label} is in QuickBooks, and paired with another record here: {other}.",
        "While nobody knew whether it had arrived, the record in QuickBooks was taken for a new"
        " one.",
        "Delete one of the two records here, or merge them. Until then this one is left out.",
        Place.SKIPPED,
    ),
    Row(
        "stale-token",
        _WARNING,
        "{label} was changed in QuickBooks meanwhile.",
        "Somebody edited it there after it was last read.",
        "Nothing needs to be done; it is read again and compared anew.",
    ),
    Row(
        "throttled",
        _WARNING,
        "QuickBooks asked to wait.",
        "Too many requests were made in a short time.",
        "Nothing needs to be done; it goes on by itself.",
    ),
    Row(
        "no-access",
        _ERROR,
        "QuickBooks does not let us in.",
        "The connection was ended in QuickBooks, has expired, or its user lost the right.",
        "Connect the company again; what is pending goes on then.",
        Place.CONNECTION,
    ),
    Row(
        "app-refused",
        _ERROR,
        "QuickBooks does not let this app into the company (error 3100).",
        "Most often the app's keys and the company belong to different environments, sandbox and"
        " production; or the app was disconnected in QuickBooks.",
        "Compare the connection's environment with the keys on the set-up page, then connect the"
        " company again.",
        Place.SETUP,
    ),
    Row(
        "keys-refused",
        _ERROR,
        "The keys of the app at Intuit do not work.",
        "{detail}",
        "Correct the keys on the set-up page; what is owed stays owed, and the next run goes on"
        " with it.",
        Place.SETUP,
    ),
    Row(
        "quickbooks-down",
        _WARNING,
        "QuickBooks could not be reached.",
        "Its service or the network has trouble.",
        "Nothing needs to be done; it is tried again by itself.",
    ),
    Row(
        "quickbooks-refused",
        _ERROR,
        "QuickBooks refused {label}: {message}",
        "QuickBooks gave this answer (code {fault}).",
        "Correct the record as the answer says, then send it again.",
        Place.RECORD,
    ),
    Row(
        "host-refused",
        _ERROR,
        "{label} could not be saved here: {message}",
        "This system's own rules did not accept the values from QuickBooks.",
        "Correct the record in QuickBooks, or the rule here, then try again.",
        Place.QUICKBOOKS,
    ),
    Row(
        "internal-error",
        _ERROR,
        "The run stopped because of an error in this program.",
        "{detail}",
        "Tell whoever looks after this site; what is owed stays owed, and the next run goes on"
        " with it.",
        Place.RUN,
    ),
    Row(
        "unreadable-there",
        _ERROR,
        "{label} cannot be read in QuickBooks: {message}",
        "The record holds a value that this program does not understand.",
        "Look at the record in QuickBooks and save it again there; it is read anew then, and once a"
        " day in any case.",
        Place.QUICKBOOKS,
    ),
    Row(
        "unreadable-here",
        _ERROR,
        "{label} cannot be read here: {message}",
        "The record holds a value that no QuickBooks record can have.",
        "Correct the record; it is looked at again as soon as it is saved.",
        Place.RECORD,
    ),
    Row(
        "unreadable-agreement",
        _ERROR,
        "What both sides last agreed on for {label} cannot be read: {message}",
        "Without it nobody can tell which side has changed since. It may come from a newer version"
        " of this program.",
        "Choose which side counts: send the record, or get it from QuickBooks, on its own page.",
        Place.RECORD,
    ),
    Row(
        "total-differs",
        _WARNING,
        "QuickBooks comes to {there}, this side to {here}: {difference} apart.",
        "Tax or rounding is worked out in another way there.",
        "Correct the amounts on one side so that both come to the same, or leave the difference as"
        " it is.",
        Place.RECORD,
    ),
    Row(
        "merged-there",
        _WARNING,
        "{label} was merged into {other} in QuickBooks.",
        "A bookkeeper joined two records into one.",
        "Nothing needs to be done; the pair follows the record that is left.",
    ),
    Row(
        "merged-still-two",
        _WARNING,
        "{label} and {other} are one record in QuickBooks now.",
        "A bookkeeper merged the two there; here they are still two.",
        "Documents of both go to the one that is left. Merge the two here as well, or skip"
        " {label}.",
        Place.RECORD,
    ),
    Row(
        "first-preview",
        _INFO,
        "The first synchronization waits for your approval.",
        "Nobody has compared the two sides yet, so nothing is carried over before somebody has"
        " looked at it.",
        "Look through this preview, then approve it.",
        Place.RUN,
    ),
    Row(
        "run-cancelled",
        _INFO,
        "The run was cancelled.",
        "Somebody stopped it: {who}.",
        "What was done stays done; the next run takes up the rest.",
    ),
)
