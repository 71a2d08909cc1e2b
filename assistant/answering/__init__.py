"""Hits → a draft of exact quotes (`extractive`) → what survives checking (`verify`)."""
