"""Headers of every answer: nothing is kept by anybody, guessed at, or embedded elsewhere."""

SAFE_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
