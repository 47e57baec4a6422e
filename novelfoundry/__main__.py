"""`python -m novelfoundry`."""

import sys

from novelfoundry import main

sys.exit(main())
