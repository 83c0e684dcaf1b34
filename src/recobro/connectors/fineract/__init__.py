"""Apache Fineract: its API, and how what it tells becomes a delivery."""
