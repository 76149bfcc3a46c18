"""Send the built files: as they were packed when they were built, to whoever takes them so."""

from pathlib import Path
from typing import Final

from flask import Flask, Response, request, send_from_directory
from werkzeug.security import safe_join

#: What a packed file's name ends in, by what the reader calls it; the better first.
_CODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
#: What is packed, and what it is called.
_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


def init_app(app: Flask) -> None:
    """Have the application send its static files so."""
    folder = str(app.static_folder)
    app.view_functions["static"] = lambda filename: send(folder, filename)


def send(folder: str, filename: str) -> Response:
    """Send a file of `folder`, packed if there is a packed form of it that the reader takes."""
    kind = _TYPES.get(Path(filename).suffix)
    if kind is None:
        return send_from_directory(folder, filename)
    for coding, ending in _CODINGS:
        if request.accept_encodings.quality(coding) > 0 and _is_there(folder, filename + ending):
            response = send_from_directory(folder, filename + ending, mimetype=kind)
            response.headers["Content-Encoding"] = coding
            response.headers["Content-Type"] = kind
            break
    else:
        response = send_from_directory(folder, filename)
    response.vary.add("Accept-Encoding")
    return response


def _is_there(folder: str, name: str) -> bool:
    path = safe_join(folder, name)
    return path is not None and Path(path).is_file()
