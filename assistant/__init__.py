"""Cited answers on Dutch government policy documents. Importing this package loads nothing heavy."""

__version__ = "0.2.0"
