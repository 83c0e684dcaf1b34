"""Pictures as SVG of attributes alone, the same in a page and in a PDF."""
