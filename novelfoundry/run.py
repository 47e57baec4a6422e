"""`python -m novelfoundry.run MODULE …`: runs a module of the program as `python -m MODULE …` would in a checkout."""

import runpy
import sys

from novelfoundry import open_program

if __name__ == "__main__":
    open_program()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
