"""`python -m jiheng` 与 `jiheng` 命令相同。"""

import sys

from jiheng.cli import main

sys.exit(main())
