"""Who clears bad debts together: leading groups, clearing teams, task forces, large debts."""
