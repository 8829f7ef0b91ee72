#!/usr/bin/env python
"""Django's command line for Parley; `manage.py help` lists what it can do."""

import gc
import os
import sys

COLLECT_AFTER = (10_000, 10, 10)
"""New objects before the collector of cycles looks at them, and how often before it looks at older ones.

As it is by default, it took an eighth of the start of every command, and a fifth of what a crowd costs that connects.
"""


def main() -> None:
    gc.set_threshold(*COLLECT_AFTER)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
