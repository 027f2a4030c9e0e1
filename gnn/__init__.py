"""From snapshots to predictions: features, models, scoring, explanation. No HTTP."""

import os

# Idle threads of LightGBM and torch sleep instead of spinning: on two busy cores that is the difference between
# seconds and minutes. It has to be said before either library starts its threads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ.setdefault("KMP_BLOCKTIME", "0")
