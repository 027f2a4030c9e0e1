"""Writers: one file per feed, each in the format that a real loader accepts."""
