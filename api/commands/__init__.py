"""One file per command of `twin`; each defines `command`."""
