#!/bin/sh
# Makes .venv ready; does nothing when it is. The work is in setup.py, which any Python from 3.11 can run.
set -eu
cd "$(dirname "$0")/.."
# Without pip an earlier set-up was interrupted: it is begun again.
if [ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null; then
  exec .venv/bin/python scripts/setup.py "$@"
fi
python=$(sh scripts/find_python.sh)
exec "$python" scripts/setup.py "$@"
