"""Worker processes that all want to read from QuickBooks at the same moment."""

from __future__ import annotations

from tests import nursery
from tests.company import Company
from tests.crash.processes import PATIENCE, environment

TOKEN_ADDRESS = "/oauth2/v1/tokens/bearer"


class Crowd:
    """The processes of one company; `read` lets them all go at once."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self._processes: list[nursery.Worker] = []

    def gather(self, number: int, *, kill: str = "") -> None:
        """So many more processes, set up and waiting for the word."""
        around = environment(self.company.sim.base_url, kill)
        fresh = [self._start(around) for _ in range(number)]
        self._processes += fresh
        assert [_line(process) for process in fresh] == ["ready"] * number

    def read(self) -> list[str]:
        """What each process got: an HTTP status, the trouble that stopped it, "" if it was killed.

        Complaints of a process fail the test.
        """
        for process in self._processes:
            _give(process, "go\n")
        found = [process.communicate(timeout=PATIENCE) for process in self._processes]
        ends = [process.returncode for process in self._processes]
        self._processes.clear()
        assert set(ends) <= {0, -9}, [complaints for _, complaints in found]
        return [said.strip() for said, _ in found]

    def renewals(self) -> int:
        """How often Intuit was asked for tokens since the connection was made."""
        return sum(request["path"] == TOKEN_ADDRESS for request in self.company.sim.requests())

    def clear_away(self) -> None:
        """No process outlives its test."""
        for process in self._processes:
            process.kill()
            process.communicate()

    def _start(self, around: dict[str, str]) -> nursery.Worker:
        own = str(self.company.connection.pk)
        return nursery.start("tests.access.worker", own, around=around)


def _line(process: nursery.Worker) -> str:
    return process.stdout.readline().strip()


def _give(process: nursery.Worker, text: str) -> None:
    process.stdin.write(text)
    process.stdin.flush()
