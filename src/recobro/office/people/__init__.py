"""Who works here, in which post, and what a post lets them see and do."""
