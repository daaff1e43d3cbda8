"""Takes the pictures of the documentation anew: sample books, simulator, a real browser. Run by
`make screenshots`.

`python -m docs.screenshots FOLDER` takes every page into FOLDER, light and dark, narrow and wide,
to look at them.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

FOLDER = Path(__file__).resolve().parent / "screens"
SIZES = {"wide": 1280, "narrow": 390}
TALLEST = 2400
MODELS = (
    "connection",
    "syncrun",
    "skippedrecord",
    "entitymapping",
    "operation",
    "remoterecord",
    "codemapping",
    "bookmark",
    "category",
    "alert",
    "webhookdelivery",
    "attempt",
)
USER, PASSWORD = "office", "office"
LISTS = ("account", "tax_code", "term", "payment_method", "class", "location")
KINDS = (
    *("customer", "vendor", "employee", "item_category", "item", "estimate", "invoice"),
    *("credit_note", "sales_receipt", "refund", "bill", "payment"),
)
BOOKS = (
    *("estimate", "invoice", "creditnote", "salesreceipt", "refund", "bill", "receipt"),
    *("client", "vendor", "employee", "product", "productcategory"),
)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        return


@contextmanager
def served() -> Iterator[str]:
    """The project over HTTP, in this process."""
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), _Server, _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


class Camera:
    """A browser that is logged in, and where its pictures go."""

    def __init__(self, browser: Any, base: str, folder: Path, looks: list[tuple[str, str]]) -> None:
        self.folder = folder
        self.pages = {}
        for size, scheme in looks:
            context = browser.new_context(
                base_url=base,
                color_scheme=scheme,
                viewport={"width": SIZES[size], "height": 900},
                locale="en-GB",
            )
            page = context.new_page()
            page.on(
                "console",
                lambda line: print("browser:", line.text) if line.type == "error" else None,
            )
            page.goto("/admin/login/")
            page.fill("#id_username", USER)
            page.fill("#id_password", PASSWORD)
            page.click("[type=submit]")
            self.pages[size, scheme] = page

    def take(
        self,
        name: str,
        url: str,
        prepare: Callable[[Any], Any] | None = None,
        *,
        tall: int = TALLEST,
    ) -> None:
        """One page in all looks."""
        for (size, scheme), page in self.pages.items():
            self._open(page, url)
            if prepare:
                prepare(page)
            plain = len(self.pages) == 1
            file = self.folder / (f"{name}.png" if plain else f"{name}-{size}-{scheme}.png")
            height = page.evaluate("document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": SIZES[size], "height": min(height, tall)}
            page.screenshot(path=str(file), full_page=True, clip=clip)
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 0:
                print(f"{file.name}: {wide} pixels wider than the window")

    @staticmethod
    def _open(page: Any, url: str) -> None:
        """A page that follows a run goes on by itself when the run ends, perhaps just now."""
        from playwright.sync_api import Error

        try:
            page.goto(url)
        except Error:
            page.goto(url)


def world() -> None:
    """Sample books, and a person who looks at them."""
    from django.contrib.auth.models import User

    from quicksync.books.sample import load_examples

    User.objects.create_superuser(USER, "", PASSWORD)
    load_examples()


def at(name: str, *args: object) -> str:
    """The address of an admin page."""
    from django.urls import reverse

    return reverse(f"admin:{name}", args=args)


def pictures(camera: Camera, company: Any) -> int:
    """Those of the documentation, in the order of a first day; gives the run's key."""
    from django.contrib.auth.models import User

    from quicksync.models import SyncRun
    from quicksync.sync.plan import approve

    connection_page = at("quicksync_connection_change", company.connection.pk)
    person = User.objects.get(username=USER)
    company.sync(user=person)
    company.enable(*KINDS)
    preview = company.sync(trigger=SyncRun.Trigger.PREVIEW, preview=True, user=person)
    camera.take("preview", at("quicksync_syncrun_change", preview.pk), _open_an_invoice, tall=1500)
    approve.approve(preview, user=person, force=True)
    company.sim.fault(method="POST", path="batch", latency_ms=1500)
    worker = threading.Thread(target=company.work, args=(preview,))
    worker.start()
    camera.take("progress", connection_page, _under_way, tall=760)
    company.sim.clear_faults()
    worker.join()
    company.sync(user=person)
    camera.take("connection", connection_page)
    sent = (
        preview.operations.filter(kind="invoice", direction="push", state="done")
        .select_related("mapping")
        .first()
    )
    camera.take(
        "invoice", at("books_invoice_change", sent.mapping.object_key), _open_timeline, tall=1000
    )
    return int(preview.pk)


def all_pages(camera: Camera, company: Any, run: int) -> None:
    """Everything else, to look at."""
    from quicksync.models import Connection, EntityMapping, Operation, RemoteRecord

    connection = company.connection.pk
    held = EntityMapping.objects.exclude(state="in_sync").first() or EntityMapping.objects.first()
    code = f"?connection={connection}&kind=tax_code&code=VAT"
    pages = {
        "index": at("index"),
        "run": at("quicksync_syncrun_change", run),
        "connection-add": at("quicksync_connection_add"),
        "connection-new": at(
            "quicksync_connection_change", Connection.objects.create(name="Branch office").pk
        ),
        "audit": at("quicksync_connection_audit"),
        "setup": at("quicksync_connection_setup"),
        "disconnect": at("quicksync_connection_disconnect", connection),
        "settings-history": at("quicksync_connection_history", connection),
        "codes": at("quicksync_connection_codes", connection),
        "health": at("quicksync_connection_health_of", connection),
        "past": at("quicksync_connection_past", connection),
        "presets": at("quicksync_connection_preset", connection),
        "missing": "/admin/nothing/",
        "category": at(
            "quicksync_category_change", company.connection.categories.get(kind="invoice").pk
        ),
        "code-choose": at("quicksync_codemapping_add"),
        "code-add": at("quicksync_codemapping_add") + code,
        "bookmark-add": at("quicksync_bookmark_add")
        + "?model_label=books.invoice&query=currency__exact%3DUSD",
        "record": at("quicksync_entitymapping_change", held.pk),
        "operation": at(
            "quicksync_operation_change", Operation.objects.filter(state="done").last().pk
        ),
        "remote": at(
            "quicksync_remoterecord_change", RemoteRecord.objects.filter(type="Invoice").first().pk
        ),
        "invoices": at("books_invoice_changelist") + "?currency__exact=USD",
    }
    for model in MODELS:
        pages[f"list-{model}"] = at(f"quicksync_{model}_changelist")
    pages |= _books()
    for name, url in pages.items():
        camera.take(name, url)
    reconciliation(camera, company.connection)


def reconciliation(camera: Camera, connection: Any) -> None:
    """Its page from the first look to a comparison that did not finish."""
    from django.contrib.auth.models import User

    from quicksync import tasks
    from quicksync.models import Reconciliation
    from quicksync.sync.monitor import reconciling
    from quicksync.sync.worker import lease

    url = at("quicksync_connection_reconcile", connection.pk)
    person = User.objects.get(username=USER)
    camera.take("reconcile-empty", url)
    one = reconciling.ask(connection, user=person)
    camera.take("reconcile-waiting", url)
    tasks.reconcile(one.pk)
    camera.take("reconcile", url)
    one = reconciling.ask(connection, user=person)
    values = {"begun_at": one.asked_at, "done": 412_500, "total": 1_000_000}
    Reconciliation.objects.filter(pk=one.pk).update(**values, **lease.born(lease.new_holder()))
    camera.take("reconcile-running", url)
    reconciling._fail(Reconciliation.objects.get(pk=one.pk), "The worker was stopped.")
    camera.take("reconcile-failed", url)


def _books() -> dict[str, str]:
    """The pages of the bundled books: each list, a form and a record."""
    from django.apps import apps

    pages = {"import": at("books_bill_import")}
    for model in BOOKS:
        found = apps.get_model("books", model)._default_manager.last()
        pages[f"books-{model}-list"] = at(f"books_{model}_changelist")
        pages[f"books-{model}-add"] = at(f"books_{model}_add")
        pages[f"books-{model}"] = at(f"books_{model}_change", found.pk)
    return pages


def _under_way(page: Any) -> None:
    page.wait_for_function("() => (document.querySelector('progress') || {}).position > 0.15")


def _open_an_invoice(page: Any) -> None:
    # The bar at the window's foot would stand in the middle of a picture of the whole page.
    page.locator(".qs-sticky").evaluate("bar => bar.classList.remove('qs-sticky')")
    section = page.locator("section[aria-labelledby=qs-kind-invoice] .qs-section").first
    section.evaluate("one => { one.open = true }")
    section.locator(".qs-row details").first.evaluate("one => { one.open = true }")


def _open_timeline(page: Any) -> None:
    page.locator(".qs-panel details").evaluate_all("all => all.forEach(one => { one.open = true })")


def main() -> None:
    """Everything in a folder of its own, thrown away afterwards."""
    every = len(sys.argv) > 1
    folder = Path(sys.argv[1]) if every else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as var:
        os.environ["QUICKSYNC_VAR"] = var
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        take_all(folder, every=every)


def take_all(folder: Path, *, every: bool) -> None:
    """With Django set up for the throw-away database."""
    import django

    django.setup()
    from django.core.management import call_command
    from playwright.sync_api import sync_playwright

    from tests.company import connected

    call_command("migrate", verbosity=0, run_syncdb=True)
    world()
    looks = [("wide", "light"), ("narrow", "dark")] if every else [("wide", "light")]
    with (
        connected(company="sample", kinds=LISTS) as company,
        served() as base,
        sync_playwright() as playwright,
    ):
        program = (
            shutil.which("chromium")
            or shutil.which("chromium-browser")
            or shutil.which("google-chrome")
        )
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        camera = Camera(browser, base, folder, looks)
        run = pictures(camera, company)
        if every:
            all_pages(camera, company, run)
        browser.close()


if __name__ == "__main__":
    main()
