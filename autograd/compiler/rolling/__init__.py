"""A flat program made into loops over slots."""
