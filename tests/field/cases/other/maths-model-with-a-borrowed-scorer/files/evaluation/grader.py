"""This logic is largely copied from the MATH release, and borrowed from others."""

X = 1
