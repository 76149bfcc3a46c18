"""What any web application of the house stands on; it knows no feature."""
