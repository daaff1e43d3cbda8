"""What pyproject.toml cannot say: the example files belong to the package, and a build begins with
an empty folder.
"""

from __future__ import annotations

import shutil

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py


class FreshBuild(build_py):
    """Without what an older build left behind.

    `pip install` from a checkout leaves `build/` there. A module that a later version no longer
    has, a migration say, would be installed again from it.
    """

    def run(self) -> None:
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


setup(
    packages=[*find_packages(include=["quicksync", "quicksync.*"]), "quicksync.books.examples"],
    # They stand in docs/examples, where people look for them.
    package_dir={"quicksync.books.examples": "docs/examples"},
    cmdclass={"build_py": FreshBuild},
)
