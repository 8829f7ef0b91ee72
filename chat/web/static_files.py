"""The page's own files at addresses that change with their content, so that browsers keep them for good.

Pages link to `/static/v<version>/chat/…`, which is answered from memory and compressed, the styles as one file. By its
plain name each file is there too, for whoever knows it by that.
"""

import gzip
import re
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware

from chat.web.version import STATIC, version

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
STYLES = STATIC / "chat/css/app.css"
IMPORT = re.compile(r'@import url\("([a-z_]+\.css)"\);\n')
VERSIONED = re.compile(r"v([0-9a-f]{16})/(.+)")
FOR_GOOD = "public, max-age=31536000, immutable"


class PageFile(NamedTuple):
    """One file as browsers get it."""

    kind: str
    plain: bytes
    compressed: bytes

    def answer(self, *, compressed: bool, for_good: bool) -> HttpResponse:
        """The file; not `for_good` where another version of it was asked for, as while the workers are replaced."""
        answer = HttpResponse(self.compressed if compressed else self.plain, content_type=self.kind)
        if compressed:
            answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = "Accept-Encoding"
        answer.headers["Cache-Control"] = FOR_GOOD if for_good else "no-cache"
        return answer


@cache
def page_files() -> dict[str, PageFile]:
    """The scripts, drawings and styles of the page, by name; the styles that app.css brings along are in it."""
    paths = [path for kind in ("js/**/*.js", "early.js", "*.svg") for path in (STATIC / "chat").glob(kind)]
    return {path.relative_to(STATIC).as_posix(): _file(path.suffix, path.read_text()) for path in paths} | {
        STYLES.relative_to(STATIC).as_posix(): _file(".css", _styles())
    }


class VersionedStorage(StaticFilesStorage):
    """Links to the page's own files by version; in DEBUG, where they change under the browser, by name."""

    def url(self, name: str | None) -> str:
        return super().url(f"v{version()}/{name}" if name in page_files() and not settings.DEBUG else name)


class PageFilesMiddleware(ServeStaticMiddleware):
    """Answers for static files, the page's own ones by version too."""

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = VERSIONED.fullmatch(request.path_info.removeprefix(self.static_prefix))
        file = page_files().get(asked[2]) if asked else None
        if asked is None or file is None:
            return await super().__call__(request)
        compressed = "gzip" in request.headers.get("Accept-Encoding", "")
        return file.answer(compressed=compressed, for_good=asked[1] == version())


def _styles() -> str:
    return IMPORT.sub(lambda found: STYLES.with_name(found[1]).read_text(), STYLES.read_text())


def _file(suffix: str, text: str) -> PageFile:
    plain = text.encode()
    return PageFile(TYPES[suffix], plain, gzip.compress(plain, mtime=0))
