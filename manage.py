#!/usr/bin/env python
"""Django's command line for Lakeside."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workspace.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Lakeside's environment is not installed here: run `make run` once, or use .venv/bin/python.")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        # Settings that cannot work are a sentence for whoever set them, not a traceback.
        sys.exit(f"Lakeside cannot start: {problem}")
    except KeyboardInterrupt:
        # Whoever pressed Ctrl+C knows why it ends.
        sys.exit(130)


if __name__ == "__main__":
    main()
