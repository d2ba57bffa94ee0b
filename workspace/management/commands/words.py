from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workspace import words


class Command(BaseCommand):
    help = "Finds the words of the house, updates locale/, names those without a translation, and compiles."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--compile", action="store_true", help="only compile what locale/ has")

    def handle(self, **options: Any) -> None:
        if not options["compile"]:
            words.update()
        words.compile_all()
        for language in words.languages():
            for text in words.untranslated(language) if not options["compile"] else ():
                self.stdout.write(f"{language}: no translation of {text!r}")
