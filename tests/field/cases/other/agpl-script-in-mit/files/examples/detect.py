# YOLOv5 🚀 by Ultralytics, AGPL-3.0 license
"""
Run detection on pictures.
"""

print("detect")
