"""How static files leave the house: hashed names, compressed once, and one stylesheet instead of forty."""

import io
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLESHEET = "css/lakeside.css"
IMPORT = re.compile(r'^@import url\("([^"]+)"\);$', re.MULTILINE)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Collects for production. While developing, the browser follows the stylesheet's imports itself."""

    def post_process(
        self, paths: Mapping[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if STYLESHEET in paths and not dry_run:
            shelf = InMemoryStorage()
            shelf.save(STYLESHEET, ContentFile(joined(STYLESHEET, paths).encode()))
            paths = {**paths, STYLESHEET: (shelf, STYLESHEET)}
        yield from super().post_process(paths, dry_run, **options)

    def compress_files(self, names: Any) -> Iterator[tuple[str, str]]:
        """The API documentation's scripts are large and seldom opened: brotli would take over a minute for them."""
        yield from super().compress_files(name for name in names if not name.startswith("drf_spectacular_sidecar/"))


def joined(name: str, paths: Mapping[str, tuple[Any, str]]) -> str:
    """The stylesheet `name` with its imports put in place, in their order. A missing part is a KeyError."""
    storage, path = paths[name]
    with storage.open(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8").read()
    folder = posixpath.dirname(name)
    return IMPORT.sub(lambda found: joined(posixpath.join(folder, found[1]), paths), text)
