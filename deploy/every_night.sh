#!/bin/sh
# Runs the given command every day at NIGHTLY_AT (UTC, HH:MM). A failed run is reported and tried again the next night;
# the file nightly.ok in TWIN_HOME tells the health check of the last good one.
set -u
at=${NIGHTLY_AT:-02:30}
case $at in
  [01][0-9]:[0-5][0-9] | 2[0-3]:[0-5][0-9]) ;;
  *) echo "error: NIGHTLY_AT='$at' is not a time: use HH:MM, in UTC" >&2; exit 2 ;;
esac
hours=${at%:*} minutes=${at#*:}
wanted=$((${hours#0} * 3600 + ${minutes#0} * 60))
trap 'exit 0' TERM INT
touch "$TWIN_HOME/nightly.ok"
while :; do
  left=$(((wanted - $(date -u +%s) % 86400 + 86400) % 86400))
  if [ "$left" -eq 0 ]; then left=86400; fi
  echo "next run in $left s, at $at UTC"
  sleep "$left" &
  wait $!
  if "$@"; then touch "$TWIN_HOME/nightly.ok"; else echo "the run failed with $?" >&2; fi
done
