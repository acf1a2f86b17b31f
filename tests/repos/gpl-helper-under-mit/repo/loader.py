# Copyright 2026 Example Lab
"""Loads the model."""


def load(path):
    return path
