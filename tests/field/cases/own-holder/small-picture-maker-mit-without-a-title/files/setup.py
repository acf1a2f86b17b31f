import setuptools

setuptools.setup(
    name="klein-dalle",
    license="MIT",
)
