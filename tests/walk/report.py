"""What a walk tells when it is over."""

from __future__ import annotations

from tests.walk.walk import Walked


def line(walked: Walked, database: str) -> str:
    """One line for each walk."""
    word = "FAILED" if walked.troubles else "ok"
    told = ", ".join(f"{number} {name}" for name, number in walked.figures.items())
    return (
        f"seed {walked.seed} {database}: {word} in {walked.seconds:.0f} s, {walked.worked:.1f} s of"
        f" work ({told})"
    )


def steps(walked: Walked, database: str, number: int) -> str:
    """What somebody needs who looks into a walk: the steps, what is wrong, how to walk again."""
    again = (
        f"python -m tests.walk --seed {walked.seed} --steps {number} --database {database} --keep"
    )
    kept = [f"database: {walked.kept}"] if walked.kept else []
    wrong = [f"  {one}" for one in walked.troubles]
    return "\n".join(
        ["", *walked.steps, "", *wrong, "", f"log: {walked.log}", *kept, f"again: {again}", ""]
    )
