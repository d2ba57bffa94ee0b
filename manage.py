#!/usr/bin/env python
"""Django's command line for Lakeside."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workspace.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Lakeside's environment is not installed here: run `make run` once, or use .venv/bin/python.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
