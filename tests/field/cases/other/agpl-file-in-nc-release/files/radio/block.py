# Ultralytics YOLO 🚀, AGPL-3.0 license
"""
Block modules
"""

BLOCK = 1
