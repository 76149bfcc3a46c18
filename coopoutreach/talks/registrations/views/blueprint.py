"""The blueprint that the modules of this package put their views on."""

from flask import Blueprint

bp = Blueprint("registrations", __name__)
