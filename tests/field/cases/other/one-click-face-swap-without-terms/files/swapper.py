"""
This project is developed by H. Wang to support face swapping in single frame.
"""
X = 1
