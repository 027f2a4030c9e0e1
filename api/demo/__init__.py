"""The demonstration: build the sample twin, then ask one question over HTTP as two roles."""
