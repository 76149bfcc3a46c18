"""The blueprint that the modules of this package put their views on."""

from flask import Blueprint

bp = Blueprint("mailroom", __name__, url_prefix="/mensajes")
