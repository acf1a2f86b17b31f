# Ultralytics YOLO, AGPL-3.0 license

X = 1
