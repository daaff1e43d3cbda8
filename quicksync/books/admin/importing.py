"""Files in and out of the books' lists: an import page that tells every problem, and a button that
exports the list.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV

from quicksync.books.exporting import RESOURCES, BooksResource
from quicksync.books.importing import KINDS, Refused, Result, import_bytes
from quicksync.books.importing.reading import check_size
from quicksync.conf import settings


class ImportForm(forms.Form):
    """Which file, and whether to try only."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("UTF-8; the first line has the column names."),
    )
    dry_run = forms.BooleanField(
        label=gettext_lazy("Check only"),
        required=False,
        help_text=gettext_lazy("Nothing is imported."),
    )


class FilesMixin(ExportMixin, admin.ModelAdmin):
    """Adds "Import" and "Export" above the list.

    Whoever may add and change its records may import them, whoever may see them may export what the
    filters leave.
    """

    change_list_template = "books/change_list.html"
    import_kind: ClassVar[str] = ""
    # The file is downloaded at once: there is nothing to choose.
    skip_export_form = True
    export_formats = (CSV,)
    to_encoding = "utf-8"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_import"
        return [
            path("import/", self.admin_site.admin_view(self.import_view), name=name),
            *super().get_urls(),
        ]

    def get_export_resource_classes(self, request: HttpRequest) -> list[type[BooksResource]]:
        return [RESOURCES[self.import_kind]]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        address = self._address("import") if self.has_import_permission(request) else ""
        return super().changelist_view(request, {"import_url": address, **(extra_context or {})})

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Shows the form; takes the file and goes back to the list, or shows what is wrong."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        problems: list[str] = []
        if request.method == "POST" and form.is_valid():
            try:
                result = self._take(form.cleaned_data["file"], dry_run=form.cleaned_data["dry_run"])
            except Refused as refused:
                problems = refused.lines()
            else:
                self._tell(request, result, dry_run=form.cleaned_data["dry_run"])
                return HttpResponseRedirect(self._address("changelist"))
        columns = KINDS[self.import_kind]()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import %(name)s") % {"name": self.opts.verbose_name_plural},
            "opts": self.opts,
            "form": form,
            "problems": problems,
            "columns": columns.known,
            "required": columns.required,
        }
        return TemplateResponse(
            request, "books/import.html", context, status=422 if problems else 200
        )

    def _address(self, page: str) -> str:
        options = self.opts
        return reverse(
            f"admin:{options.app_label}_{options.model_name}_{page}",
            current_app=self.admin_site.name,
        )

    def _take(self, file: UploadedFile, *, dry_run: bool) -> Result:
        check_size(file.size or 0, settings.import_bytes)
        return import_bytes(file.read(), self.import_kind, dry_run=dry_run)

    def _tell(self, request: HttpRequest, result: Result, *, dry_run: bool) -> None:
        counts = (
            _("%(created)s created, %(updated)s updated, %(unchanged)s unchanged")
            % result._asdict()
        )
        done = _("Checked; nothing imported") if dry_run else _("Imported")
        messages.success(request, f"{done}: {counts}.")
