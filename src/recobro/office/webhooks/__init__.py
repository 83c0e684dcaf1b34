"""Programs that are told of what happens: by numbers and addresses, never by names or amounts."""
