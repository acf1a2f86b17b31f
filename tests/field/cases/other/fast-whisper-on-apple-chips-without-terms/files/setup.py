from setuptools import setup

setup(name="blitz-whisper-mlx", version="0.0.10")
