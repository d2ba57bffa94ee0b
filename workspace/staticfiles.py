"""How static files leave the house: hashed names, compressed once, and one stylesheet and one script a page instead of many."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from workspace import joining, modules

STYLESHEET = "css/lakeside.css"
ENTRY = re.compile(r"js/([\w-]+/main)\.js")

Paths = Mapping[str, tuple[Any, str]]


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Collects for production. While developing, the browser follows the imports itself."""

    def post_process(self, paths: Paths, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            shelf = InMemoryStorage()
            whole = joined(paths)
            for path, text in whole.items():
                shelf.save(path, ContentFile(text.encode()))
            paths = {**paths, **{path: (shelf, path) for path in whole}}
        yield from super().post_process(paths, dry_run, **options)

    def compress_files(self, names: Any) -> Iterator[tuple[str, str]]:
        """The API documentation's scripts are large and seldom opened: brotli would take over a minute for them."""
        yield from super().compress_files(name for name in names if not name.startswith("drf_spectacular_sidecar/"))


def joined(paths: Paths) -> dict[str, str]:
    """The stylesheet and the pages' modules among these files, each with its imports put in place. A missing part is a KeyError."""

    def read(path: str) -> str:
        storage, name = paths[path]
        with storage.open(name) as file:
            return io.TextIOWrapper(file, encoding="utf-8").read()

    entries = {path: found[1] for path in paths if (found := ENTRY.fullmatch(path))}
    whole = {path: modules.joined(entry, lambda name: read(f"js/{name}.js")) for path, entry in entries.items()}
    return whole | {path: joining.stylesheet(path, read) for path in paths if path == STYLESHEET}
