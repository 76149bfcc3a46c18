"""Slides, papers and links of a talk, and who may have them when."""
