from setuptools import setup

setup(name='kornlpy', classifiers=[
    'License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)',
])
