"""Loads an exam."""

_HOMEPAGE = "https://example.org/exam"
_LICENSE = "Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International License"
