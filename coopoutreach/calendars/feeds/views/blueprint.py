"""The blueprint that the modules of this package put their views on."""

from flask import Blueprint

bp = Blueprint("feeds", __name__)

CONTENT_TYPE = "text/calendar; charset=utf-8"
