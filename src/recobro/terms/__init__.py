"""The words of the trade: money, dates, grades, codes, findings. Standard library only."""
