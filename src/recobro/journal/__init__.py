"""What was decided, by whom, when and why: written once, chained, sealed, and open to proof."""
