# YOLOv5 🚀 by Ultralytics, GPL-3.0 license
"""
Run classification inference on images.
"""


def run(x):
    return x
