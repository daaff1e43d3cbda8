"""Reasons that come up while a run is at work: sending, landing, and what stops it."""

from __future__ import annotations

from quicksync.planning.reasons.reason_row import Place, Row, Severity

_INFO, _WARNING, _ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

SENDING = (
    Row(
        "moved-since-preview",
        _WARNING,
        "{label} was changed after the preview.",
        "What you approved is not what would be sent now.",
        "Look at the new plan and approve it again.",
        Place.RUN,
    ),
    Row(
        "unreadable-plan",
        _WARNING,
        "The plan for {label} cannot be read here.",
        "A newer version of this program wrote it.",
        "You do not need to do anything: both sides are compared again.",
        Place.RUN,
    ),
    Row(
        "outcome-unknown",
        _WARNING,
        "QuickBooks did not answer, so we do not know whether {label} arrived.",
        "The connection broke after the record was sent.",
        "You do not need to do anything: we keep asking until QuickBooks answers, and look"
        " for the record in its books.",
        Place.QUICKBOOKS,
    ),
    Row(
        "partner-taken",
        _ERROR,
        "{label} is in QuickBooks, but paired with another record here: {other}.",
        "While nobody knew whether it had arrived, the record in QuickBooks was mistaken"
        " for a new one.",
        "Delete one of the two records here, or merge them. Until then this one is left out.",
        Place.SKIPPED,
    ),
    Row(
        "stale-token",
        _WARNING,
        "{label} was changed in QuickBooks in the meantime.",
        "Somebody edited it there after we last read it.",
        "You do not need to do anything: it is read and compared again.",
    ),
    Row(
        "throttled",
        _WARNING,
        "QuickBooks asked us to wait.",
        "Too many requests were made in a short time.",
        "You do not need to do anything: the run continues on its own.",
    ),
    Row(
        "no-access",
        _ERROR,
        "This site no longer has access to QuickBooks.",
        "The connection was ended in QuickBooks or has expired, or its user lost the right.",
        "Connect the company again; what is waiting is then sent.",
        Place.CONNECTION,
    ),
    Row(
        "app-refused",
        _ERROR,
        "QuickBooks does not let this app into the company (error 3100).",
        "Usually the app's keys and the company belong to different environments, sandbox"
        " and production; or somebody disconnected the app in QuickBooks.",
        "Compare the connection's environment with the keys on the set-up page, then connect the"
        " company again.",
        Place.SETUP,
    ),
    Row(
        "keys-refused",
        _ERROR,
        "The keys of the app at Intuit do not work.",
        "{detail}",
        "Correct the keys on the set-up page. Nothing is lost: the next run sends what is waiting.",
        Place.SETUP,
    ),
    Row(
        "edition-gone",
        _ERROR,
        "This connection's edition cannot be used.",
        "{detail}",
        "Put it back into QUICKSYNC['EDITIONS'] and restart the site and the worker. Nothing is"
        " lost: the next run sends what is waiting.",
        Place.CONNECTION,
    ),
    Row(
        "options-unreadable",
        _ERROR,
        "The run stopped because a setting cannot be read.",
        "{detail}",
        "Open the connection's settings, choose it anew and save; or update quicksync. Nothing is"
        " lost: the next run sends what is waiting.",
        Place.CONNECTION,
    ),
    Row(
        "quickbooks-down",
        _WARNING,
        "QuickBooks could not be reached.",
        "Its service or the network is down.",
        "You do not need to do anything: we try again automatically.",
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
        "Tell the person who looks after this site. Nothing is lost: the next run sends"
        " what is waiting.",
        Place.RUN,
    ),
    Row(
        "unreadable-there",
        _ERROR,
        "{label} cannot be read in QuickBooks: {message}",
        "The record has a value that this program does not understand.",
        "Open the record in QuickBooks and save it again; it is then read again, and once a"
        " day in any case.",
        Place.QUICKBOOKS,
    ),
    Row(
        "unreadable-here",
        _ERROR,
        "{label} cannot be read here: {message}",
        "The record has a value that no QuickBooks record can have.",
        "Correct the record; it is read again as soon as you save it.",
        Place.RECORD,
    ),
    Row(
        "unreadable-agreement",
        _ERROR,
        "What both sides last agreed on for {label} cannot be read: {message}",
        "Without it we cannot tell which side has changed since. It may come from a newer"
        " version of this program.",
        "Choose which side is right: send the record, or get it from QuickBooks, on its own page.",
        Place.RECORD,
    ),
    Row(
        "total-differs",
        _WARNING,
        "The total is {there} in QuickBooks and {here} here: a difference of {difference}.",
        "QuickBooks works out tax or rounding differently.",
        "Correct the amounts on one side so that the totals agree, or leave the difference"
        " as it is.",
        Place.RECORD,
    ),
    Row(
        "link-left-out",
        _WARNING,
        "{label} is synced without its link to {other}: {because}",
        "QuickBooks links an estimate to one invoice, which must be for the same customer.",
        "Correct the record or the one in QuickBooks and send it again, or leave it without the"
        " link.",
        Place.RECORD,
    ),
    Row(
        "merged-there",
        _WARNING,
        "{label} was merged into {other} in QuickBooks.",
        "A bookkeeper combined two records into one.",
        "You do not need to do anything: the pair follows the record that is left.",
    ),
    Row(
        "merged-still-two",
        _WARNING,
        "{label} and {other} are now one record in QuickBooks.",
        "A bookkeeper merged the two there; here they are still separate.",
        "Documents of both go to the one that is left. Merge the two here as well, or skip"
        " {label}.",
        Place.RECORD,
    ),
    Row(
        "first-preview",
        _INFO,
        "The first synchronization is waiting for your approval.",
        "Nobody has compared the two sides yet, so nothing is synced until somebody has"
        " looked at it.",
        "Look through this preview, then approve it.",
        Place.RUN,
    ),
    Row(
        "plan-overtaken",
        _INFO,
        "Nothing of this plan stood any more, so it was discarded.",
        "Every record in it has changed since, was skipped, or is in a later plan.",
        "You do not need to do anything: what is still to be done is in later runs.",
        Place.RUN,
    ),
    Row(
        "run-cancelled",
        _INFO,
        "The run was cancelled.",
        "Somebody stopped it: {who}.",
        "What is done stays done; the next run continues with the rest.",
    ),
)
