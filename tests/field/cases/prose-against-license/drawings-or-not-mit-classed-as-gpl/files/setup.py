from setuptools import setup

setup(
    name="picture-safety",
    license='MIT',
    classifiers=[
        # Trove classifiers
        'License :: OSI Approved :: GNU General Public License v3 (GPLv3)',
    ],
)
