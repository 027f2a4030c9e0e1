#!/bin/sh
# Prints the first Python of 3.11 or newer that runs and can make virtual environments; else one line that says why not.
# PYTHON=/path/to/python is tried first.
too_old="" incomplete=""
for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
  [ -n "$candidate" ] || continue
  # Run each: a name on the path may be a shim that leads nowhere.
  version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
  if ! "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    too_old="$candidate is $version"
  elif ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
    incomplete="$candidate"
  else
    "$candidate" -c 'import sys; print(sys.executable)'
    exit 0
  fi
done
if [ -n "$incomplete" ]; then
  echo "error: $incomplete has no 'venv' and 'ensurepip': install them (Debian, Ubuntu: apt-get install python3-venv)" >&2
elif [ -n "$too_old" ]; then
  echo "error: Python 3.11 or newer is needed, $too_old: install one, or name it: make PYTHON=/path/to/python3.12" >&2
else
  echo "error: no Python was found: install 3.11, 3.12 or 3.13, or name it: make PYTHON=/path/to/python3.12" >&2
fi
exit 3
