"""What pyproject.toml cannot say: the example files of docs/examples are a part of the installed package."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["quicksync", "quicksync.*"]), "quicksync.books.examples"],
    package_dir={"quicksync.books.examples": "docs/examples"},
)
