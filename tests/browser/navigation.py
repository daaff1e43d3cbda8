"""Going from page to page as a person does: pages that follow a run load themselves again whenever
it ends.

A browser knows nothing of why it is led to a page. A click during which the page loads itself again
is lost, an address that is typed then is overtaken, and whoever waits for "a navigation" takes the
page's own for the one that was asked for. A person sees what has come, and presses again; so do
these.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Error, Locator, Page

# Where a click on this link or button leads: the method and the address of what the browser will
# ask for.
_LEADS_TO = """element => {
  const link = element.closest("a[href]");
  if (link) return ["GET", link.href];
  const form = element.form;
  if (!form) return null;
  // Not form.action: the admin has a field of that name.
  const said = (name) => element.getAttribute("form" + name) || form.getAttribute(name) || "";
  const to = new URL(said("action") || document.URL, document.baseURI);
  return [(said("method") || "get").toUpperCase(), to.href];
}"""
_MARK = "() => { window.quicksyncSeen = true; }"
_ANOTHER_PAGE = "() => !window.quicksyncSeen && document.readyState === 'complete'"
_OVERTAKEN = ("interrupted by another navigation", "net::ERR_ABORTED", "frame was detached")
_LOST = ("Execution context was destroyed", "navigat", "detached", *_OVERTAKEN)
TICK = 50  # milliseconds between two looks


def lead(page: Page, way: Locator) -> None:
    """Click what leads to another page, until that very page has been asked for, and be there."""
    asked: list[Any] = []
    wanted: list[list[str]] = []

    def note(request: Any) -> None:
        if request.is_navigation_request() and _is(request, wanted[-1]):
            asked.append(request)

    page.on("request", note)
    try:
        while not asked:
            _click(page, way, wanted)
            while not asked and not _left(page):
                page.wait_for_timeout(TICK)
        while not _left(page):
            page.wait_for_timeout(TICK)
    finally:
        page.remove_listener("request", note)


def go(page: Page, address: str) -> None:
    """Type an address, again when the page before has led away meanwhile."""
    while True:
        try:
            page.goto(address)
        except Error as trouble:
            if not any(words in str(trouble) for words in _OVERTAKEN):
                raise
        else:
            return


def look_again(page: Page) -> None:
    """Load the page anew, once it follows no run any more and will not load itself."""
    at_rest(page)
    go(page, page.url)


def at_rest(page: Page) -> None:
    """Wait until the page follows no run: then it stays as it is."""
    page.locator("[data-progress-url]").wait_for(state="detached")


def _click(page: Page, way: Locator, wanted: list[list[str]]) -> None:
    """One press; where it leads is read before, since afterwards the page may be another one."""
    while True:
        try:
            way.wait_for()
            page.evaluate(_MARK)
            leads_to = way.evaluate(_LEADS_TO)
            assert leads_to, f"{way} is neither a link nor a button of a form."
            wanted.append(leads_to)
            way.click(no_wait_after=True)
        except Error as trouble:
            if not any(words in str(trouble) for words in _LOST):
                raise
        else:
            return


def _left(page: Page) -> bool:
    """Whether another page than the marked one stands there whole."""
    try:
        return bool(page.evaluate(_ANOTHER_PAGE))
    except Error as trouble:
        if not any(words in str(trouble) for words in _LOST):
            raise
        return False


def _is(request: Any, wanted: list[str]) -> bool:
    """The address may have gained the form's values (GET), or lost what stands behind the #."""
    method, address = wanted
    if request.method != method:
        return False
    return (
        _bare(request.url) == _bare(address)
        if method == "GET"
        else request.url == address.partition("#")[0]
    )


def _bare(address: str) -> str:
    return address.partition("#")[0].partition("?")[0]
