"""Hand out files that people sent: always saved, never shown by our own pages."""

from typing import Protocol

from flask import Response, request
from werkzeug.wsgi import wrap_file

from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.files import naming, store, taking

#: Whatever a file holds, no browser runs it as a page of ours (`sandbox`, and nothing to load).
POLICY = "sandbox; default-src 'none'"


class Kept(Protocol):
    """What is known of a file: the name of its bytes, the name it came with, what it is."""

    stored_as: str
    file_name: str
    media_type: str
    size: int
    sha256: str


def hand_out(kept: Kept, *, cache: str = "") -> Response:
    """Answer with a file, or that the browser has it already.

    :raises NotFound: when its bytes are not there
    """
    response = Response(content_type=kept.media_type)
    response.headers["Content-Disposition"] = naming.attachment(kept.file_name)
    response.headers["Content-Security-Policy"] = POLICY
    if cache:
        response.headers["Cache-Control"] = cache
    response.set_etag(kept.sha256)
    response.make_conditional(request)
    if response.status_code != 200:  # noqa: PLR2004 (not modified: they have it)
        return response
    found = taking.opened(kept.stored_as)
    if found is None:
        # The database says that it is there: an operator lost FILES_URL, or is restoring it.
        raise NotFound
    response.content_length = kept.size
    if request.method == "HEAD":
        found.close()
        return response
    response.response = wrap_file(request.environ, found, store.BLOCK)
    response.direct_passthrough = True
    return response
