"""The engines that compute a close; the only place where one has a name."""
