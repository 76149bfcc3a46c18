from dataclasses import replace

import pytest
from flask import Blueprint, Response, render_template_string, request, session

from coopoutreach.app import create_app
from coopoutreach.platform.access.guard import public
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.limits.errors import TooOften

SECRET = "esto no debe verse"

probe = Blueprint("probe", __name__, url_prefix="/prueba")


@pytest.fixture
def engine_name():
    # What holds of every response does not depend on the database.
    return "sqlite"


@probe.get("/fallo")
@public
def fails():
    raise RuntimeError(SECRET)


@probe.get("/regla")
@public
def refuses():
    raise DomainError("La regla dice que no.")


@probe.get("/limite")
@public
def too_often():
    raise TooOften(90)


@probe.get("/publica")
@public
def everybodys():
    response = Response("igual para todos", content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag("igual")
    return response.make_conditional(request)


@probe.get("/publica-con-formulario")
@public
def mistaken():
    response = Response(render_template_string("{{ csrf_token() }}"))
    response.headers["Cache-Control"] = "public, no-cache"
    return response


@probe.get("/descarga")
@public
def downloads():
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'"}
    return Response("x", content_type="text/csv; charset=utf-8", headers=headers)


@probe.get("/quien")
@public
def who():
    return {"address": request.remote_addr, "url": request.url, "scheme": request.scheme}


@probe.post("/envio")
@public
def takes():
    return {"form": request.form.to_dict(), "files": len(request.files), "known": len(session)}


@pytest.fixture
def make(database, settings):
    """Return a function that makes an application of its own, with pages to probe it by."""

    def _make(**changes):
        app = create_app(replace(settings, **changes))
        app.register_blueprint(probe)
        return app

    return _make


_apps = {}


@pytest.fixture
def app(make, database, settings):
    if settings.database_url not in _apps:
        _apps[settings.database_url] = make()
    return _apps[settings.database_url]


@pytest.fixture
def token(app):
    """Return a function that gives the form token that a browser was given."""

    def _token(browser):
        page = browser.get("/ingresar", base_url="https://localhost").text
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    return _token
