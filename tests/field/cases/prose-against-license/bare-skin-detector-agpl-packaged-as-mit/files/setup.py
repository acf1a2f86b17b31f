from setuptools import setup

setup(
    name="hautnetz",
    # Except, perhaps the License and Trove Classifiers!
    # If you do change the License, remember to change the Trove Classifier for that!
    license="MIT",
    classifiers=[
        "License :: OSI Approved :: MIT License",
    ],
)
