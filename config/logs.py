"""Log lines as text for people or as one JSON object each for machines."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

# What every log record carries by itself; anything else came in by `extra=` and belongs in the
# line.
_OWN_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def extras(record: logging.LogRecord) -> dict[str, Any]:
    """The fields given by the caller as `extra=`, for instance the `action` key of quicksync's own
    lines.
    """
    return {
        key: value
        for key, value in vars(record).items()
        # Django hangs whole request objects on its records; they hold headers and bodies, which no
        # log may show.
        if key not in _OWN_ATTRIBUTES and isinstance(value, str | int | float | bool | None)
    }


class JsonFormatter(logging.Formatter):
    """One JSON object a line, the caller's extra fields beside time, level, logger and message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **extras(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """Time, level, logger, message, then the extra fields as key=value."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:<7} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {key}={value}" for key, value in sorted(extras(record).items()))
        return super().formatMessage(record) + fields


def logging_settings(*, style: str, level: str) -> dict[str, Any]:
    """Django's LOGGING value: everything to standard error, in the style "text" or "json"."""
    formatter = JsonFormatter if style == "json" else TextFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "quicksync": {"level": level},
            "django": {"level": "WARNING"},
            # The cluster tells of every task it starts and ends at INFO: far too much for an idle
            # site.
            "django-q": {"level": "WARNING"},
            # A browser asks for a page's files all at once; that some wait for a moment is no
            # trouble.
            "waitress.queue": {"level": "ERROR"},
        },
    }
